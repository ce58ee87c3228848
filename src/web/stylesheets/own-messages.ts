import { Hono } from 'hono'

const OWN_MESSAGE_STYLES =
  'align-self:flex-end;text-align:end;--bubble-background:var(--own-background);--bubble-text:var(--own-text);--bubble-radius:var(--radius-own);--time-direction:row'

/**
 * The style sheet that marks one member's own messages and hides the notice of the member's own arrival. All readers
 * receive the same bytes, and each page looks right without scripts.
 */
export function ownMessagesRoutes(): Hono {
  const routes = new Hono()
  routes.get('/mine/:sheet{[a-z0-9]{1,12}\\.css}', (c) => {
    const tag = c.req.param('sheet').replace('.css', '')
    c.header('Content-Type', 'text/css; charset=utf-8')
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    c.header('Cache-Control', 'private, max-age=86400')
    // The last six characters are the tag in messages of earlier versions.
    const by = `:is([data-by="${tag}"],[data-by="${tag.slice(-6)}"])`
    return c.body(
      `.message${by}{${OWN_MESSAGE_STYLES}}.presence-line>${by},.presence-line:not(:has(>span:not(${by}))){display:none}`,
    )
  })
  return routes
}
