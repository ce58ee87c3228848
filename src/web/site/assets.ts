import { Hono } from 'hono'
import type { AssetUrl } from '../../../views/asset-url.ts'

/** A file of `static/` as it is served, compressed at build time. */
export interface Asset {
  readonly name: string
  /** Part of the address, so that changed content has another address. */
  readonly hash: string
  readonly type: string
  readonly plain: Buffer
  readonly brotli: Buffer
  readonly gzip: Buffer
}

export function assetUrl(assets: readonly Asset[]): AssetUrl {
  const urls = new Map(assets.map(({ name, hash }) => [name, `/assets/${hash}/${name}`]))
  return (name) => {
    const url = urls.get(name)
    if (url === undefined) throw new Error(`There is no asset ${name}`)
    return url
  }
}

export function assetRoutes(assets: readonly Asset[]): Hono {
  const routes = new Hono()
  for (const asset of assets) {
    routes.get(`/assets/${asset.hash}/${asset.name}`, (c) => {
      const [encoding, body] = chooseEncoding(asset, c.req.header('Accept-Encoding') ?? '')
      c.header('Content-Type', asset.type)
      c.header('Cache-Control', 'public, max-age=31536000, immutable')
      c.header('Vary', 'Accept-Encoding')
      // For embeds: some host pages are cross-origin isolated, and a sandboxed embed has an opaque origin.
      c.header('Cross-Origin-Resource-Policy', 'cross-origin')
      c.header('Access-Control-Allow-Origin', '*')
      if (encoding) c.header('Content-Encoding', encoding)
      return c.body(new Uint8Array(body))
    })
  }
  return routes
}

/**
 * Chooses the smallest body that the client accepts, and its content coding.
 * @param accepted the Accept-Encoding header
 */
export function chooseEncoding(asset: Asset, accepted: string): [string | undefined, Buffer] {
  const accepts = (encoding: string) =>
    new RegExp(`(^|[ ,])${encoding}(?! *; *q=0(\\.0*)?( *,|$))`).test(accepted)
  if (accepts('br')) return ['br', asset.brotli]
  if (accepts('gzip')) return ['gzip', asset.gzip]
  return [undefined, asset.plain]
}
