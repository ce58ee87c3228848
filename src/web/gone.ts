import { Hono } from 'hono'

/**
 * A style sheet that hides a message where it stands above what became of it: a page without scripts only ever grows.
 * The address says all that is in it.
 */
export function goneRoutes(): Hono {
  const routes = new Hono()
  routes.get('/gone/:sheet{[0-9a-z]{1,11}\\.[0-9]{1,15}\\.css}', (c) => {
    const id = c.req.param('sheet').replace(/\.css$/, '')
    c.header('Content-Type', 'text/css; charset=utf-8')
    c.header('Cache-Control', 'public, max-age=31536000, immutable')
    return c.body(`[id="m${id}"]:has(~[id="m${id}"],~[data-gone="${id}"]){display:none}`)
  })
  return routes
}
