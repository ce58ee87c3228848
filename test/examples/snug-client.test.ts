import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RefusalError, Room } from '../../examples/snug-client.ts'
import { NO_LIMITS } from '../../src/config/limit-flags.ts'
import { eventually } from '../support/eventually.ts'
import { CuttingProxy } from '../support/http/cutting-proxy.ts'
import { numberedLines } from '../support/http/post-texts.ts'
import { RoomFollower } from '../support/http/room-follower.ts'
import { createKeptRoom, restartableServer, startServer } from '../support/http/server.ts'
import { addToken } from '../support/http/tokens.ts'

for (const kind of ['kept', 'vanishing'] as const) {
  test(`P6: a program in a ${kind} room receives and posts each message once, however often it is cut off`, async (t) => {
    const server = await startServer(t)
    if (kind === 'kept') await createKeptRoom(server, 'tea')
    const proxy = await CuttingProxy.start(t, server.url)
    const ada = new Room(`${proxy.url}/r/tea`, { name: 'Ada' })
    const follower = new RoomFollower(t, ada)
    await follower.waitForOpen()
    const directFollower = new RoomFollower(t, new Room(`${server.url}/r/tea`))
    await directFollower.waitForOpen()
    const stop = proxy.cutRepeatedly()
    const texts = numberedLines(20)
    for (const text of texts) await ada.post(text)
    await eventually(async () => assert.ok(follower.eventsOf('open').length > 2))
    stop()
    await follower.sees(...texts)
    await directFollower.sees(...texts)
    assert.deepEqual(follower.eventsOf('gap'), [])
    assert.deepEqual([...new Set(follower.eventsOf('posted').map(({ author }) => author.name))], ['Ada'])
    assert.equal(new Set(follower.eventsOf('posted').map(({ author }) => author.tag)).size, 1)
  })
}

test('P6: a program that missed messages for good receives a gap with their number', async (t) => {
  const server = await startServer(t, { replayWindow: 0 })
  const proxy = await CuttingProxy.start(t, server.url)
  const follower = new RoomFollower(t, new Room(`${proxy.url}/r/tea`))
  const bo = new Room(`${server.url}/r/tea`)
  await follower.waitForOpen()
  await bo.post('one')
  await follower.sees('one')
  proxy.refusing = true
  proxy.cut()
  for (const text of ['two', 'three']) await bo.post(text)
  proxy.refusing = false
  await follower.waitForOpen(2)
  await bo.post('four')
  await follower.sees('one', 'four')
  assert.deepEqual(
    follower.eventsOf('gap').map(({ missed }) => missed),
    [2],
  )
})

test('a program continues after a given id, receives edits and deletions, and ends when the room is deleted', async (t) => {
  const server = await startServer(t)
  const slug = await createKeptRoom(server, 'tea')
  const ada = new Room(`${server.url}/r/tea`, { name: 'Ada' })
  const [first, second] = [await ada.post('one'), await ada.post('two')]
  const follower = new RoomFollower(t, new Room(`${server.url}/r/tea/`), { after: first.id })
  await follower.sees('two')
  const { id } = second
  await server.chat.store.edit(slug, { epoch: id.split('.')[0] ?? '', seq: 2 }, 'owner', 'two, changed')
  await server.chat.store.deleteMessage(slug, { epoch: id.split('.')[0] ?? '', seq: 2 }, 'owner')
  await eventually(async () => assert.equal(follower.eventsOf('deleted')[0]?.of, id))
  assert.equal(follower.eventsOf('edited')[0]?.message.text, 'two, changed')
  await server.chat.store.deleteRoom(slug)
  await follower.ended
  assert.equal(follower.events.at(-1)?.kind, 'closed')
  await assert.rejects(ada.post('three'), (error) => error instanceof RefusalError && error.status === 410)
})

test('a silent connection is closed and made again', async (t) => {
  const server = await startServer(t, { heartbeat: 100 })
  const proxy = await CuttingProxy.start(t, server.url)
  const follower = new RoomFollower(t, new Room(`${proxy.url}/r/tea`), { idleTimeoutMs: 500 })
  await follower.waitForOpen()
  proxy.stall()
  await follower.waitForOpen(2)
})

test('a program reconnects under its name after a restart of the server', async (t) => {
  const start = await restartableServer(t)
  const before = await start()
  await createKeptRoom(before, 'tea')
  const ada = new Room(`${before.url}/r/tea`, { name: 'Ada' })
  const follower = new RoomFollower(t, ada)
  await follower.waitForOpen()
  await ada.post('before')
  await before.stop()
  const after = await start()
  await follower.waitForOpen(2)
  assert.equal((await ada.post('after')).author.name, 'Ada')
  await follower.sees('before', 'after')
  assert.equal(after.url, before.url)
})

test('a rate-limited post is sent again a little later; any other refusal is thrown with its sentence', async (t) => {
  const post = { member: { count: 1, windowMs: 500 }, address: undefined }
  const server = await startServer(t, { limits: { ...NO_LIMITS, post } })
  const ada = new Room(`${server.url}/r/tea`, { name: 'Ada' })
  await ada.post('one')
  assert.equal((await ada.post('two')).text, 'two')
  await assert.rejects(ada.post('  '), /There is nothing in this message yet/)
  const another = new Room(`${server.url}/r/tea`, { name: 'Аda' })
  await assert.rejects(another.post('x'), (error) => error instanceof RefusalError && error.status === 409)
  await assert.rejects(async () => {
    for await (const event of another.follow()) assert.fail(event.kind)
  }, RefusalError)
})

test('a program with a token reconnects with it, and stops when the token is revoked', async (t) => {
  const server = await startServer(t)
  const tea = await createKeptRoom(server, 'tea')
  const proxy = await CuttingProxy.start(t, server.url)
  const token = await addToken(server, 'tea')
  const bot = new Room(`${proxy.url}/r/tea`, { token })
  const events: string[] = []
  const following = (async () => {
    for await (const { kind } of bot.follow()) events.push(kind)
  })()
  const isOpen = (times: number) =>
    eventually(async () => assert.equal(events.filter((kind) => kind === 'open').length, times))
  await isOpen(1)
  proxy.cut()
  await isOpen(2)
  assert.equal((await bot.post('hello')).author.name, 'Weather Bot')
  for (const { id } of await server.chat.tokens.list(tea)) await server.chat.tokens.revoke(id)
  await assert.rejects(following, (error) => error instanceof RefusalError && error.status === 401)
  await assert.rejects(
    bot.post('still there?'),
    (error) => error instanceof RefusalError && error.status === 401,
  )
})
