import { Hono } from 'hono'
import { type Asset, chooseEncoding } from '../site/assets.ts'

const SCRIPT_NAME = 'embed.js'

/** Serves the script for other sites' pages. Its address is the same in every version. */
export function embedScriptRoutes(assets: readonly Asset[]): Hono {
  const routes = new Hono()
  const asset = assets.find(({ name }) => name === SCRIPT_NAME)
  if (!asset) throw new Error(`The asset ${SCRIPT_NAME} is missing`)
  const tag = `W/"${asset.hash}"`
  routes.get(`/${SCRIPT_NAME}`, (c) => {
    c.header('Cache-Control', 'public, max-age=3600')
    c.header('ETag', tag)
    c.header('Vary', 'Accept-Encoding')
    c.header('Access-Control-Allow-Origin', '*')
    // A cross-origin isolated page loads the script only with this header.
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    if (c.req.header('If-None-Match')?.includes(tag)) return c.body(null, 304)
    const [encoding, body] = chooseEncoding(asset, c.req.header('Accept-Encoding') ?? '')
    c.header('Content-Type', asset.type)
    if (encoding) c.header('Content-Encoding', encoding)
    return c.body(new Uint8Array(body))
  })
  return routes
}
