import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmbed } from '../../support/http/embed.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const BLOG = 'https://blog.example'

/** What a page's policies say of the pages around it, one for each policy. */
function ancestors(response: Response): (string | undefined)[] {
  const policies = (response.headers.get('Content-Security-Policy') ?? '').split(', ')
  return policies.map((policy) => /(?:^|; )frame-ancestors ([^;]+)/.exec(policy)?.[1])
}

const opened = async (visitor: Visitor, room = 'tea') => (await openEmbed(visitor, room)).response

test('any page may show a room, and none the room’s own page, where nobody says otherwise', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  assert.deepEqual(ancestors(await opened(visitor)), ['*'])
  assert.deepEqual(ancestors(await visitor.get('/r/tea')), ["'none'"])
  assert.deepEqual(ancestors(await visitor.get('/')), ["'none'"])
})

test('the operator’s list is what the browser is told, whatever a request says of where it comes from', async (t) => {
  const { url } = await startServer(t, { embedOrigins: [BLOG, 'https://*.shop.example:8443'] })
  const headers = { Origin: 'https://evil.example', Referer: 'https://evil.example/' }
  const page = await fetch(`${url}/embed/tea?host=https://evil.example`, { headers })
  // Snug's own is on it: there a room's page shows what that looks like.
  assert.deepEqual(ancestors(page), [`'self' ${BLOG} https://*.shop.example:8443`])
  assert.doesNotMatch(page.headers.get('Content-Security-Policy') ?? '', /evil/)
})

test('the frames without scripts may stand in the same pages, within the embed', async (t) => {
  const { url } = await startServer(t, { embedOrigins: [BLOG] })
  const visitor = new Visitor(url)
  const { ticket } = await openEmbed(visitor)
  for (const part of ['composer', 'composer?name', 'live.html']) {
    const answer = await visitor.get(`/embed/tea/${part}${part.includes('?') ? '&' : '?'}ticket=${ticket}`)
    assert.deepEqual(ancestors(answer), [`'self' ${BLOG}`], part)
    assert.doesNotMatch(answer.headers.get('Content-Security-Policy') ?? '', /script-src/)
    await answer.body?.cancel()
  }
  for (const part of ['composer', 'live.html']) {
    const own = await visitor.get(`/r/tea/${part}`)
    assert.deepEqual(ancestors(own), ["'self'"], part)
    await own.body?.cancel()
  }
})

test('an operator who lets no page show rooms says so', async (t) => {
  const { url } = await startServer(t, { embedOrigins: [] })
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ["'none'"])
})

test('the owner of a kept room says which of the operator’s pages may show it', async (t) => {
  const { url } = await startServer(t, { embedOrigins: ['https://*.example'] })
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  const say = (origins: string) => owner.post('/r/tea/embedding', { origins })
  assert.equal((await say(`${BLOG},https://Other.Example:443`)).status, 303)
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
  await say('none')
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ["'self' https://*.example", "'none'"])
  await say('*')
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ["'self' https://*.example"])
  await say('')
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ["'self' https://*.example"])
})

test('what is no list of origins is given back with a sentence, and nobody but the owner changes the list', async (t) => {
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
  assert.deepEqual(ancestors(await opened(new Visitor(url))), ['*'])
})

test('what an embed loads may be shown in pages that are isolated from all others', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const { response, html } = await openEmbed(visitor, 'tea', 'accent=336699')
  assert.equal(response.headers.get('Cross-Origin-Embedder-Policy'), 'require-corp')
  assert.equal(response.headers.get('Cross-Origin-Resource-Policy'), 'cross-origin')
  assert.equal(response.headers.get('Referrer-Policy'), 'no-referrer')
  const loaded = [...html.matchAll(/(?:href|src|data-lazy-script)="(\/(?:assets|mine|accent)\/[^"]+)"/g)]
  assert.ok(loaded.length > 6)
  for (const [, address = ''] of loaded) {
    const answer = await visitor.get(address)
    assert.equal(answer.status, 200, address)
    assert.equal(answer.headers.get('Cross-Origin-Resource-Policy'), 'cross-origin', address)
  }
})

test('a failure in a frame shows its sentence there, in the look of the page around it', async (t) => {
  const { url } = await startServer(t, { embedOrigins: [BLOG] })
  const gone = await new Visitor(url).get(`/embed/${'x'.repeat(60)}?theme=dark`)
  assert.equal(gone.status, 404)
  assert.deepEqual(ancestors(gone), [`'self' ${BLOG}`])
  assert.match(await gone.text(), /data-theme="dark".*No room can have this address/)
})
