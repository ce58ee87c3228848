import { Hono } from 'hono'
import { type Asset, chooseEncoding } from '../site/assets.ts'

const SCRIPT_NAME = 'embed.js'

/** The script for other sites' pages: they know it by one address, whatever is in it. */
export function embedScriptRoutes(assets: readonly Asset[]): Hono {
  const routes = new Hono()
  const asset = assets.find(({ name }) => name === SCRIPT_NAME)
  if (!asset) throw new Error(`There is no asset ${SCRIPT_NAME}`)
  const tag = `W/"${asset.hash}"`
  routes.get(`/${SCRIPT_NAME}`, (c) => {
    c.header('Cache-Control', 'public, max-age=3600')
    c.header('ETag', tag)
    c.header('Vary', 'Accept-Encoding')
    c.header('Access-Control-Allow-Origin', '*')
    // Pages that are isolated from other origins take only what says that it is for all.
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    if (c.req.header('If-None-Match')?.includes(tag)) return c.body(null, 304)
    const [encoding, body] = chooseEncoding(asset, c.req.header('Accept-Encoding') ?? '')
    c.header('Content-Type', asset.type)
    if (encoding) c.header('Content-Encoding', encoding)
    return c.body(new Uint8Array(body))
  })
  return routes
}
