import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Redis } from '../../src/redis/redis.ts'
import { systemClock } from '../../src/system/clock.ts'
import { postTexts } from '../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../support/http/server.ts'
import { addToken, bearerHeader } from '../support/http/tokens.ts'
import { Visitor } from '../support/http/visitor.ts'
import { RedisServer } from '../support/redis/redis-server.ts'
import { within } from '../support/within.ts'

/** Starts a server with a kept room. `kill` stops its Redis for good. */
async function begin(t: TestContext) {
  const redisServer = await RedisServer.start(t)
  const redis = await Redis.open({
    url: redisServer.url,
    prefix: 'snug:',
    clock: systemClock,
    report: () => {},
  })
  const server = await startServer(t, { redis: redisServer.url }, systemClock, { redis })
  await createKeptRoom(server, 'tea', 'the-token')
  const ada = new Visitor(server.url)
  await ada.get('/r/tea')
  const away = new Promise<void>((resolve) => {
    redis.onConnectionChange((up) => up || resolve())
  })
  const kill = async () => {
    await redisServer.kill()
    await away
  }
  return { server, ada, redisServer, kill }
}

test('P7: while Redis hangs, a post in a room of either kind is refused within a second', async (t) => {
  const { ada, redisServer } = await begin(t)
  await ada.get('/r/vanishing')
  redisServer.pause()
  for (const room of ['tea', 'vanishing']) {
    const response = await within(1_000, ada.post(`/r/${room}/messages`, { text: 'hello' }))
    assert.equal(response.status, 503)
    assert.ok(response.headers.get('Retry-After'))
    assert.match(await response.text(), /hello/)
  }
})

/** The page with which a refusal gives a form back to a browser without scripts. */
async function redisplayedForm(response: Response): Promise<string> {
  assert.equal(response.status, 503)
  assert.ok(response.headers.get('Retry-After'))
  const html = await response.text()
  assert.match(html, /role="alert">The server can’t reach its database just now/)
  return html
}

test('P7: the form that makes a room is given back as typed while Redis is away', async (t) => {
  const { ada, kill } = await begin(t)
  await kill()
  const html = await redisplayedForm(
    await ada.post('/rooms', { room: 'Our Garden', kind: 'kept', retention: '7d', keep: '77' }),
  )
  assert.match(html, /value="Our Garden"/)
  assert.match(html, /value="77"/)
})

test('P7: the new text of a message is given back while Redis is away', async (t) => {
  const { server, ada, kill } = await begin(t)
  const [id = ''] = await postTexts(ada, 'tea', 'helo')
  const owner = new Visitor(server.url)
  await owner.get('/r/tea')
  owner.cookie = `${owner.cookie}; snug-owner=the-token`
  await kill()
  for (const visitor of [ada, owner]) {
    const html = await redisplayedForm(await visitor.post(`/r/tea/messages/${id}`, { text: 'hello <you>' }))
    assert.match(html, />\nhello &lt;you&gt;<\/textarea>/)
    assert.match(html, new RegExp(`action="/r/tea/messages/${id}"`))
  }
})

test('P7: the settings of a room are given back as typed while Redis is away', async (t) => {
  const { ada, kill } = await begin(t)
  ada.cookie = `${ada.cookie}; snug-owner=the-token`
  await kill()
  const html = await redisplayedForm(
    await ada.post('/r/tea/settings', { retention: '30d', keep: '66', listed: 'yes' }),
  )
  assert.match(html, /value="66"/)
  assert.match(html, /<option value="30d" selected/)
})

test('P7: a program gets Retry-After while Redis is away, and its token is not called invalid', async (t) => {
  const { server, kill } = await begin(t)
  const secret = await addToken(server, 'tea')
  const post = () =>
    fetch(`${server.url}/r/tea/messages`, {
      method: 'POST',
      body: new URLSearchParams({ text: 'rain' }),
      headers: bearerHeader(secret),
    })
  assert.equal((await post()).status, 201)
  const open = await new Visitor(server.url).follow('/r/tea/live.json', bearerHeader(secret))
  await open.next(({ event }) => event === 'open')
  await kill()
  const refused = await post()
  assert.equal(refused.status, 503)
  assert.ok(refused.headers.get('Retry-After'))
  const stream = await new Visitor(server.url).follow('/r/tea/live.json', bearerHeader(secret))
  assert.equal(stream.response.status, 200)
  await stream.next(({ event }) => event === 'busy')
  await stream.ended
  await open.next(({ event }) => event === 'outage')
  await open.close()
})
