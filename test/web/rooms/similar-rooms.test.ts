import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../support/eventually.ts'
import { openConnection } from '../../support/http/raw-connection.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { RedisServer } from '../../support/redis/redis-server.ts'
import { startServerPair } from '../../support/redis/server-pair.ts'

/** The rooms that the page of a room warns of. */
async function hintsOf(visitor: Visitor, room: string): Promise<string[]> {
  const html = await (await visitor.get(`/r/${encodeURIComponent(room)}`)).text()
  const [hint = ''] = /<p class="notice similar-rooms">.*?<\/p>/.exec(html) ?? []
  return [...hint.matchAll(/href="\/r\/([^"]+)"/g)].map(([, slug = '']) => decodeURIComponent(slug))
}

test('the page of a room has a hint if another room that looks like it is in use, in either of them', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  for (const [typed, other] of [
    ['İstanbul', 'istanbul'],
    ['tеа', 'tea'],
    ['team-l', 'team-1'],
    ['modern', 'modem'],
    ['straẞe', 'straße'],
  ] as const) {
    const made = await ada.post('/rooms', { room: typed })
    const slug = decodeURIComponent(made.headers.get('Location')?.replace('/r/', '') ?? '')
    if (slug === other) continue
    assert.deepEqual(await hintsOf(ada, slug), [], typed)
    const [inSlug, inOther] = [
      await ada.enter(encodeURIComponent(slug)),
      await ben.enter(encodeURIComponent(other)),
    ]
    assert.deepEqual(await hintsOf(ada, slug), [other], typed)
    assert.deepEqual(await hintsOf(ben, other), [slug], typed)
    const usage = await fetch(`${url}/r/${encodeURIComponent(other)}`, { headers: { Accept: 'text/plain' } })
    assert.ok((await usage.text()).includes(`not the same: ${url}/r/${encodeURIComponent(slug)}`))
    for (const reader of [inSlug, inOther]) reader.close()
  }
  await ada.enter('lobby')
  await ben.enter('lobby-2')
  assert.deepEqual(await hintsOf(ada, 'lobby'), [])
})

test('an empty room is warned of if it is kept, and only then', async (t) => {
  const server = await startServer(t)
  const reader = new Visitor(server.url)
  assert.deepEqual(await hintsOf(reader, 'cafe1'), [])
  assert.deepEqual(await hintsOf(reader, 'cafel'), [])
  assert.deepEqual(await hintsOf(reader, 'cafe1'), [])
  await createKeptRoom(server, 'cafel')
  assert.deepEqual(await hintsOf(reader, 'cafe1'), ['cafel'])
})

test('with Redis, the hint covers rooms in use on another process, whose names Redis never sees', async (t) => {
  const redis = await RedisServer.start(t)
  const [one, two] = await startServerPair(t, redis)
  let sent = ''
  const monitor = openConnection(redis.url).on('data', (text) => {
    sent += text
  })
  t.after(() => monitor.destroy())
  monitor.write('MONITOR\r\n')
  await eventually(async () => assert.match(sent, /^\+OK/))
  const [ada, ben] = [new Visitor(one.url), new Visitor(two.url)]
  const reader = await ada.enter('modern')
  await eventually(async () => assert.deepEqual(await hintsOf(ben, 'modem'), ['modern']))
  reader.close()
  assert.match(sent, /"SPUBLISH" "[^"]*visited"/)
  assert.doesNotMatch(sent, /modern|modem/)
})
