import { Hono } from 'hono'

const OWN =
  'align-self:flex-end;text-align:end;--bubble:var(--own);--bubble-ink:var(--own-ink);--bubble-corners:var(--ours);--beside:row'

/**
 * A style sheet that marks one member's own messages and hides that oneself came: what everybody receives stays the same bytes for all, and looks
 * right to each, without any script.
 */
export function mineRoutes(): Hono {
  const routes = new Hono()
  routes.get('/mine/:sheet{[a-z0-9]{1,12}\\.css}', (c) => {
    const tag = c.req.param('sheet').replace('.css', '')
    c.header('Content-Type', 'text/css; charset=utf-8')
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    c.header('Cache-Control', 'private, max-age=86400')
    const by = `[data-by="${tag}"]`
    return c.body(`.message${by}{${OWN}}.came>${by},.came:not(:has(>span:not(${by}))){display:none}`)
  })
  return routes
}
