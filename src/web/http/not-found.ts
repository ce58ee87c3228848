import type { Hono, NotFoundHandler } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import { lazy } from '../../chat/lazy.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Env } from '../env.ts'

/**
 * Creates the handler of requests that no route answers.
 * @throws Refusal `no-such-method` if the address has routes for other methods; else `not-found`
 */
export function notFoundHandler(app: Hono<Env>, streamPaths: readonly string[]): NotFoundHandler<Env> {
  // Built at the first unknown address: by then all routes are registered.
  const methods = lazy(() => {
    const router = new TrieRouter<string>()
    for (const { method, path } of app.routes) {
      // Browsers send preflight requests to any address: a handler for them does not make it exist.
      if (method === 'ALL' || method === 'OPTIONS') continue
      router.add('ALL', path, method)
      if (method === 'GET') router.add('ALL', path, 'HEAD')
    }
    for (const path of streamPaths) router.add('ALL', path, 'GET')
    return router
  })
  return (c) => {
    const allowed = [
      ...new Set(
        methods()
          .match('ALL', c.req.path)[0]
          .map(([method]) => method),
      ),
    ]
    // If the method is allowed, its handler found nothing at this address.
    if (allowed.length === 0 || allowed.includes(c.req.method))
      throw new Refusal('not-found', 'There is nothing at this address.')
    c.header('Allow', allowed.join(', '))
    throw new Refusal(
      'no-such-method',
      `${c.req.method} is not allowed at this address. Allowed: ${allowed.join(', ')}.`,
    )
  }
}
