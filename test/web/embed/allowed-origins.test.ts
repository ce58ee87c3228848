import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmbed } from '../../support/http/embed.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const BLOG = 'https://blog.example'

/** The `frame-ancestors` of each of a page's policies. */
function ancestors(response: Response): (string | undefined)[] {
  const policies = (response.headers.get('Content-Security-Policy') ?? '').split(', ')
  return policies.map((policy) => /(?:^|; )frame-ancestors ([^;]+)/.exec(policy)?.[1])
}

const opened = async (visitor: Visitor, room = 'tea') => (await openEmbed(visitor, room)).response

test('by default every page may embed a room, also one from a file or of an app, and none the room’s own page', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  assert.deepEqual(ancestors(await opened(visitor)), [undefined])
  assert.deepEqual(ancestors(await visitor.get('/r/tea')), ["'none'"])
  assert.deepEqual(ancestors(await visitor.get('/')), ["'none'"])
})

test('the policy has the operator’s list, and no origin from the request', async (t) => {
  const { url } = await startServer(t, { embedOrigins: [BLOG, 'https://*.shop.example:8443'] })
  const headers = { Origin: 'https://evil.example', Referer: 'https://evil.example/' }
  const page = await fetch(`${url}/embed/tea?host=https://evil.example`, { headers })
  // Snug's own origin is on the list: the room's page shows a preview of the embed.
  assert.deepEqual(ancestors(page), [`'self' ${BLOG} https://*.shop.example:8443`])
  assert.doesNotMatch(page.headers.get('Content-Security-Policy') ?? '', /evil/)
})

test('the frames of an embed without scripts are allowed in the same pages', async (t) => {
  const { url } = await startServer(t, { embedOrigins: [BLOG] })
  const visitor = new Visitor(url)
  const { ticket } = await openEmbed(visitor)
  for (const part of ['composer', 'composer?name', 'live.html']) {
    const response = await visitor.get(`/embed/tea/${part}${part.includes('?') ? '&' : '?'}ticket=${ticket}`)
    assert.deepEqual(ancestors(response), [`'self' ${BLOG}`], part)
    assert.doesNotMatch(response.headers.get('Content-Security-Policy') ?? '', /script-src/)
    await response.body?.cancel()
  }
  for (const part of ['composer', 'live.html']) {
    const own = await visitor.get(`/r/tea/${part}`)
    assert.deepEqual(ancestors(own), ["'self'"], part)
    await own.body?.cancel()
  }
})

test('with an empty list of the operator, no site may embed a room', async (t) => {
  const { url } = await startServer(t, { embedOrigins: [] })
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ["'none'"])
})

test('the owner of a kept room can narrow the operator’s list', async (t) => {
  const { url } = await startServer(t, { embedOrigins: ['https://*.example'] })
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  const allow = (origins: string) => owner.post('/r/tea/embedding', { origins })
  assert.equal((await allow(`${BLOG},https://Other.Example:443`)).status, 303)
  const settings = await (await owner.get('/r/tea/settings?saved=embedding')).text()
  assert.match(
    settings,
    /<textarea id="origins"[^>]*>https:\/\/blog\.example https:\/\/other\.example<\/textarea>/,
  )
  assert.match(settings, /role="status">Saved\./)
  // A page must be allowed by both policies.
  assert.deepEqual(ancestors(await opened(new Visitor(url))), [
    "'self' https://*.example",
    `'self' ${BLOG} https://other.example`,
  ])
  assert.deepEqual(ancestors(await opened(new Visitor(url), 'milk')), ["'self' https://*.example"])
  await allow('none')
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ["'self' https://*.example", "'none'"])
  await allow('*')
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ["'self' https://*.example"])
  await allow('')
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ["'self' https://*.example"])
})

test('an invalid list of origins comes back with a sentence, and only the owner can change the list', async (t) => {
  const { url } = await startServer(t)
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  const wrong = await owner.post('/r/tea/embedding', { origins: 'https://blog.example/path' })
  assert.equal(wrong.status, 422)
  const html = await wrong.text()
  assert.match(
    html,
    /id="embedding-refusal"[^>]*>The pages that may show the room must be like https:\/\/example\.org/,
  )
  assert.match(html, />https:\/\/blog\.example\/path<\/textarea>/)
  assert.equal((await new Visitor(url).post('/r/tea/embedding', { origins: 'none' })).status, 403)
  const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }
  assert.equal((await owner.post('/r/tea/embedding', { origins: 'none' }, foreign)).status, 403)
  assert.equal((await owner.post('/r/milk/embedding', { origins: 'none' })).status, 404)
  assert.deepEqual(ancestors(await opened(new Visitor(url))), [undefined])
})

test('a cross-origin isolated page may load everything that an embed needs', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const { response, html } = await openEmbed(visitor, 'tea', 'accent=336699')
  assert.equal(response.headers.get('Cross-Origin-Embedder-Policy'), 'require-corp')
  assert.equal(response.headers.get('Cross-Origin-Resource-Policy'), 'cross-origin')
  assert.equal(response.headers.get('Referrer-Policy'), 'no-referrer')
  const loaded = [...html.matchAll(/(?:href|src|data-lazy-script)="(\/(?:assets|mine|accent)\/[^"]+)"/g)]
  assert.ok(loaded.length > 6)
  for (const [, address = ''] of loaded) {
    const resource = await visitor.get(address)
    assert.equal(resource.status, 200, address)
    assert.equal(resource.headers.get('Cross-Origin-Resource-Policy'), 'cross-origin', address)
  }
})

test('a failure in an embed shows its sentence with the appearance of the embed', async (t) => {
  const { url } = await startServer(t, { embedOrigins: [BLOG] })
  const failure = await new Visitor(url).get(`/embed/${'x'.repeat(60)}?theme=dark`)
  assert.equal(failure.status, 404)
  assert.deepEqual(ancestors(failure), [`'self' ${BLOG}`])
  assert.match(await failure.text(), /data-theme="dark".*A room’s address needs letters/)
})
