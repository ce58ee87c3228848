import type { Hono, NotFoundHandler } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import { lazy } from '../../chat/lazy.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Env } from '../env.ts'

/**
 * Creates the handler of requests that no route answers. It redirects an address with a slash too many: 301, or 308 to
 * repeat a post.
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
    for (const path of streamPaths) for (const method of ['GET', 'HEAD']) router.add('ALL', path, method)
    return router
  })
  const methodsAt = (path: string) => [
    ...new Set(
      methods()
        .match('ALL', path)[0]
        .map(([method]) => method),
    ),
  ]
  return (c) => {
    const allowed = methodsAt(c.req.path)
    const { pathname, search } = new URL(c.req.url)
    const shorter = withoutSlashes(pathname)
    if (allowed.length === 0 && shorter !== undefined && methodsAt(shorter).includes(c.req.method))
      return c.redirect(shorter + search, isSafe(c.req.method) ? 301 : 308)
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

/** The path without slashes at its end and after another slash; undefined if it has none. It names no other host. */
function withoutSlashes(path: string): string | undefined {
  const shorter = path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
  return shorter === path || shorter === '/' ? undefined : shorter
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
