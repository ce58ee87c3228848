import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'
import { addToken, bearerHeader } from '../../support/http/tokens.ts'

const ORIGIN = { Origin: 'https://elsewhere.test' }

/** The CORS headers of a response. */
function allowed({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))
}

test('preflight requests of any site are allowed on every route that accepts a token', async (t) => {
  const { url } = await startServer(t)
  const preflight = async (path: string, method: string) => {
    const answer = await fetch(url + path, {
      method: 'OPTIONS',
      headers: {
        ...ORIGIN,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    })
    return [answer.status, allowed(answer)] as const
  }
  for (const [path, methods] of [
    ['messages', 'GET, POST'],
    ['messages/k3x9.1', 'GET, POST, PUT, PATCH, DELETE'],
    ['live.json', 'GET'],
    ['live.ndjson', 'GET'],
    ['people', 'GET'],
    ['typing', 'POST'],
    ['hook/snug_x', 'POST'],
  ] as const) {
    assert.deepEqual(
      await preflight(`/r/tea/${path}`, 'POST'),
      [
        204,
        {
          'access-control-allow-origin': '*',
          'access-control-allow-methods': methods,
          'access-control-allow-headers': 'Authorization, Content-Type, Last-Event-ID',
          'access-control-max-age': '7200',
        },
      ],
      path,
    )
  }
  for (const path of [
    '/',
    '/me/forget',
    '/rooms',
    '/r/tea',
    '/r/tea/settings',
    '/r/tea/tokens',
    '/r/tea/name',
  ]) {
    const [status, headers] = await preflight(path, 'POST')
    assert.ok(status >= 400, path)
    assert.deepEqual(headers, {}, path)
  }
})

test('pages of any site can read the response to a request with a token, and no other response', async (t) => {
  const server = await startServer(t)
  const { url } = server
  const secret = await addToken(server, 'tea')
  const abort = new AbortController()
  t.after(() => abort.abort())
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { headers: { ...ORIGIN, ...headers }, signal: abort.signal })
  const open = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'Retry-After' }
  for (const path of ['/r/tea/messages', '/r/tea/people', '/r/tea/live.ndjson'])
    assert.deepEqual(allowed(await get(path, bearerHeader(secret))), open, path)
  assert.deepEqual(allowed(await get(`/r/tea/live.json?token=${secret}`)), open)
  for (const path of ['/r/tea/messages', `/r/tea/messages?token=${secret}`, '/r/tea/live.json', '/'])
    assert.deepEqual(allowed(await get(path)), {}, path)
})
