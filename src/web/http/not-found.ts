import type { Hono, NotFoundHandler } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import { lazy } from '../../chat/lazy.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Env } from '../env.ts'

/** Says of an address that nothing is there, or that what is there takes other methods. */
export function notFoundHandler(app: Hono<Env>, streamPaths: readonly string[]): NotFoundHandler<Env> {
  // When the first address is asked for that is none: all routes are there then.
  const methods = lazy(() => {
    const router = new TrieRouter<string>()
    for (const { method, path } of app.routes) {
      // Browsers ask of any address what other sites' pages may do there: that makes nothing be there.
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
    // A handler of this method may have found that there is nothing either.
    if (allowed.length === 0 || allowed.includes(c.req.method))
      throw new Refusal('not-found', 'There is nothing at this address.')
    c.header('Allow', allowed.join(', '))
    throw new Refusal(
      'no-such-method',
      `${c.req.method} is not allowed at this address. Allowed: ${allowed.join(', ')}.`,
    )
  }
}
