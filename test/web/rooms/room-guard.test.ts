import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STREAM_SEGMENTS } from '../../../src/web/stream/stream-route.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

/** Routes of a room that the guard does not cover, with the reason. */
const UNGUARDED_ROUTES = new Set([
  // A member can always leave, even a deleted room.
  'POST /r/:room/leave',
])

/** Values for the parameters of the routes. */
const PARAMETERS: Readonly<Record<string, string>> = {
  ':room': 'tea',
  ':id': 'k3x9.1',
  ':token': 'abc',
  ':after': 'k3x9.1',
  ':proof': 'abc',
}

test('the room guard refuses every route of a deleted room, with every method', async (t) => {
  const server = await startServer(t)
  const room = await createKeptRoom(server, 'tea')
  await server.chat.store.deleteRoom(room)
  const visitor = new Visitor(server.url)
  const streams = STREAM_SEGMENTS.map((leaf) => ({ method: 'GET', path: `/r/:room/${leaf}` }))
  const routes = [...server.app.routes, ...streams].filter(
    ({ method, path }) => path.startsWith('/r/:room') && method !== 'ALL' && method !== 'OPTIONS',
  )
  const requested = new Set<string>()
  for (const { method, path } of routes) {
    const name = `${method} ${path}`
    if (requested.has(name) || UNGUARDED_ROUTES.has(name)) continue
    requested.add(name)
    const address = path.replace(/:\w+/g, (parameter) => PARAMETERS[parameter] ?? assert.fail(parameter))
    const response = await fetch(server.url + address, {
      method,
      redirect: 'manual',
      headers: { Cookie: visitor.cookie, Accept: 'application/json', 'Sec-Fetch-Site': 'same-origin' },
      ...(method !== 'GET' && { body: new URLSearchParams({ text: 'hello', name: 'Ada' }) }),
    })
    const text = await response.text()
    // The address of a webhook is its credential: with an invalid one there is no room to enter.
    const status = path.includes('/hook/') ? 404 : 410
    assert.equal(response.status, status, `${name}: ${text}`)
  }
  assert.ok(requested.size > 30, `only ${requested.size} routes were found`)
})

test('the room guard gives the typed text back when it refuses a deleted room', async (t) => {
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

test('a member can leave a deleted room', async (t) => {
  const server = await startServer(t)
  const room = await createKeptRoom(server, 'tea')
  const visitor = new Visitor(server.url)
  await visitor.get('/r/tea')
  await server.chat.store.deleteRoom(room)
  assert.equal((await visitor.post('/r/tea/leave', {})).status, 303)
})
