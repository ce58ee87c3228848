import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STREAM_SEGMENTS } from '../../../src/web/stream/stream-route.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

/** Routes of a room that are answered before its door, with the reason. */
const BEFORE_THE_DOOR = new Set([
  // A member may always leave, whatever became of the room.
  'POST /r/:room/leave',
])

/** Where a route needs more than a name of the room. */
const PARAMETERS: Readonly<Record<string, string>> = {
  ':room': 'tea',
  ':id': 'k3x9.1',
  ':token': 'abc',
  ':after': 'k3x9.1',
  ':proof': 'abc',
}

test('no route of a deleted room, whatever its method, gets past the door', async (t) => {
  const server = await startServer(t)
  const room = await createKeptRoom(server, 'tea')
  await server.chat.store.deleteRoom(room)
  const visitor = new Visitor(server.url)
  const streams = STREAM_SEGMENTS.map((leaf) => ({ method: 'GET', path: `/r/:room/${leaf}` }))
  const routes = [...server.app.routes, ...streams].filter(
    ({ method, path }) => path.startsWith('/r/:room') && method !== 'ALL' && method !== 'OPTIONS',
  )
  const asked = new Set<string>()
  for (const { method, path } of routes) {
    const name = `${method} ${path}`
    if (asked.has(name) || BEFORE_THE_DOOR.has(name)) continue
    asked.add(name)
    const address = path.replace(/:\w+/g, (parameter) => PARAMETERS[parameter] ?? assert.fail(parameter))
    const response = await fetch(server.url + address, {
      method,
      redirect: 'manual',
      headers: { Cookie: visitor.cookie, Accept: 'application/json', 'Sec-Fetch-Site': 'same-origin' },
      ...(method !== 'GET' && { body: new URLSearchParams({ text: 'hello', name: 'Ada' }) }),
    })
    const text = await response.text()
    // A webhook's address is its credential: without a valid one there is nothing to enter.
    const status = path.includes('/hook/') ? 404 : 410
    assert.equal(response.status, status, `${name}: ${text}`)
  }
  assert.ok(asked.size > 30, `only ${asked.size} routes were found`)
})

test('what was typed for a deleted room comes back from the door', async (t) => {
  const server = await startServer(t)
  const room = await createKeptRoom(server, 'tea')
  const visitor = new Visitor(server.url)
  await visitor.get('/r/tea')
  await server.chat.store.deleteRoom(room)
  const message = await visitor.post('/r/tea/messages', { text: 'an hour of work' })
  assert.equal(message.status, 410)
  assert.match(await message.text(), /an hour of work/)
  const name = await visitor.post('/r/tea/name', { name: 'Ada Byron' })
  assert.equal(name.status, 410)
  assert.match(await name.text(), /Ada Byron/)
})

test('a member may leave a room that was deleted', async (t) => {
  const server = await startServer(t)
  const room = await createKeptRoom(server, 'tea')
  const visitor = new Visitor(server.url)
  await visitor.get('/r/tea')
  await server.chat.store.deleteRoom(room)
  assert.equal((await visitor.post('/r/tea/leave', {})).status, 303)
})
