import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { EndReason } from '../../../src/chat/delivery/frames.ts'
import { memberId } from '../../../src/chat/member.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { encoders } from '../../../src/frames/encoders.ts'
import { STREAM_SEGMENTS } from '../../../src/web/stream/stream-route.ts'
import { AUTHOR } from '../../support/events.ts'
import { readSse } from '../../support/http/read-sse.ts'
import { startServer, type TestServer } from '../../support/http/server.ts'
import { type Description, OpenApiChecker } from './openapi-checker.ts'

const MESSAGES = '/r/{room}/messages'
const MESSAGE = '/r/{room}/messages/{id}'
const AS_TEXT = { Accept: 'text/plain' }
const AS_PAGE = { Accept: 'text/html' }
const EVENT = { $ref: 'snug#/components/schemas/Event' }

/** Routes for people and their browsers, which the description leaves out. */
const FOR_PEOPLE = [
  'get /about',
  'get /accent/:sheet',
  'get /embed.js',
  'get /embed/:room',
  'get /embed/:room/live.html',
  'post /embed/:room/ticket',
  'get /gone/:sheet',
  'get /manifest.webmanifest',
  'get /me',
  'post /me/forget',
  'get /mine/:sheet',
  'get /r/:room/composer',
  'post /r/:room/disown',
  'get /r/:room/events',
  'post /r/:room/here',
  'get /r/:room/live.html',
  'get /r/:room/log',
  'get /r/:room/log/:after/:proof',
  'get /r/:room/log/:after/:proof/wait',
  'get /r/:room/owner/:token',
  'get /r/:room/qr.svg',
]

async function descriptionOf({ url }: TestServer): Promise<Description> {
  return (await (await fetch(`${url}/openapi.json`)).json()) as Description
}

test('the description is valid OpenAPI 3.1 and contains the origin at which it was requested', async (t) => {
  const server = await startServer(t)
  const description = await descriptionOf(server)
  assert.equal(description.servers[0]?.url, server.url)
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(description))
  assert.ok(valid, JSON.stringify(errors))
  assert.equal(validator.version, '3.1')
  const references = JSON.stringify(description).match(/"\$ref":"#[^"]+"/g) ?? []
  for (const reference of new Set(references)) {
    const path = reference.slice('"$ref":"#/'.length, -1).split('/')
    const found = path.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[key],
      description,
    )
    assert.ok(found, reference)
  }
  const behindProxy = await startServer(t, { baseUrl: 'https://chat.example' })
  const { servers, components } = await descriptionOf(behindProxy)
  assert.equal(servers[0]?.url, 'https://chat.example')
  assert.match(components.securitySchemes.session.name, /^__Host-snug\.[\w-]{10}$/)
})

test('every route is described or is for people, and every described operation exists', async (t) => {
  const { app, ...server } = await startServer(t)
  const described = Object.entries((await descriptionOf({ app, ...server })).paths).flatMap(
    ([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  const routes = app.routes
    .filter(({ method, path }) => method !== 'ALL' && method !== 'OPTIONS' && !path.startsWith('/assets/'))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/\{.*\}/, '')}`)
  const there = new Set([...routes, ...STREAM_SEGMENTS.map((leaf) => `get /r/:room/${leaf}`)])
  assert.deepEqual([...there].sort(), [...described, ...FOR_PEOPLE].sort())
})

test('every described operation answers as described', async (t) => {
  const server = await startServer(t, { heartbeat: 100 })
  const described = new OpenApiChecker(await descriptionOf(server))
  const use = described.request.bind(described)
  const jsonOf = async (response: Promise<Response>) =>
    (await (await response).json()) as { [key: string]: string }

  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json']) await use('get', path)
  for (const headers of [AS_TEXT, AS_PAGE]) await use('get', '/', { headers })

  await use('post', '/rooms', { json: { room: 'tea', listed: true } })
  await use('post', '/rooms', { json: { room: 'tea' }, headers: AS_TEXT })
  const kept = { kind: 'kept', retention: '30d', keep: 100 }
  const made = await use('post', '/rooms', { json: { room: 'log', ...kept } })
  const cookie = made.headers.getSetCookie().find((set) => set.startsWith('snug-owner')) ?? ''
  const owner = { Cookie: cookie.split(';')[0] ?? '', Origin: server.url }
  await use('post', '/rooms', { json: { room: 'log 2', ...kept }, headers: AS_TEXT })
  await use('post', '/rooms', { json: { room: 'log 3', ...kept }, headers: AS_PAGE })

  // Both streams follow everything below, until the room is deleted.
  const [lines, sse] = await Promise.all(
    ['/r/{room}/live.ndjson', '/r/{room}/live.json'].map((path) =>
      use('get', path, { room: 'log', query: { name: 'Watcher', after: 'a.7' } }),
    ),
  )
  const txt = await use('get', '/r/{room}/live.txt', { room: 'log', query: { name: 'Reader', color: '' } })

  for (const room of ['tea', 'log'])
    for (const headers of [{}, AS_TEXT, AS_PAGE]) await use('get', '/r/{room}', { room, headers })
  const say = (text: string, headers = {}) =>
    use('post', MESSAGES, {
      room: 'log',
      query: { name: 'Ada' },
      json: { text, key: `key-${text}` },
      headers,
    })
  const { id = '' } = await jsonOf(say('one'))
  const [second, third] = [await jsonOf(say('two')), await jsonOf(say('three'))]
  await say('four', AS_TEXT)
  await use('post', MESSAGES, { room: 'tea', text: 'as text' })
  for (const method of ['put', 'patch', 'post'] as const) {
    const sent = { room: 'log', id, query: { name: 'Ada' } }
    await use(method, MESSAGE, { ...sent, json: { text: `by ${method}` } })
    await use(method, MESSAGE, { ...sent, text: `by ${method} as text`, headers: AS_TEXT })
  }
  for (const headers of [{}, AS_TEXT, AS_PAGE]) {
    await use('get', MESSAGES, { room: 'log', query: { limit: '1' }, headers })
    await use('get', MESSAGE, { room: 'log', id, headers })
    await use('get', '/r/{room}/people', { room: 'log', headers })
  }
  await use('get', MESSAGES, { room: 'tea' })
  await use('delete', MESSAGE, { room: 'log', id: second.id ?? '', query: { name: 'Ada' } })
  await use('post', '/r/{room}/messages/{id}/delete', {
    room: 'log',
    id: third.id ?? '',
    query: { name: 'Ada' },
  })

  await use('post', '/r/{room}/typing', { room: 'log', query: { name: 'Watcher' } })
  await use('post', '/r/{room}/name', { room: 'tea', json: { name: 'Eve' } })
  await use('post', '/r/{room}/name', { room: 'tea', json: { name: 'Eva' }, headers: AS_TEXT })
  await use('post', '/r/{room}/leave', { room: 'tea', query: { name: 'Ada' } })

  const OWNED = { room: 'log', headers: owner }
  await use('get', '/r/{room}/settings', OWNED)
  await use('get', '/r/{room}/settings', { room: 'log', headers: { ...owner, ...AS_PAGE } })
  await use('post', '/r/{room}/settings', { ...OWNED, json: { retention: '7d', keep: 50, listed: false } })
  await use('post', '/r/{room}/embedding', {
    ...OWNED,
    json: { origins: 'https://a.example', secret: 'new' },
  })
  for (const format of ['json', 'xml'])
    await use('get', '/oembed', { query: { url: `${server.url}/r/log`, maxwidth: '300', format } })
  await use('get', '/r/{room}/export', OWNED)
  const makeToken = (name: string, headers = {}) =>
    use('post', '/r/{room}/tokens', { room: 'log', json: { name }, headers: { ...owner, ...headers } })
  const token = await jsonOf(makeToken('Echo'))
  const other = await jsonOf(makeToken('Parrot'))
  for (const headers of [AS_TEXT, AS_PAGE]) await makeToken('Third', headers)
  for (const headers of [{}, AS_PAGE])
    await use('get', '/r/{room}/tokens', { room: 'log', headers: { ...owner, ...headers } })
  await use('post', '/r/{room}/hook/{token}', {
    room: 'log',
    token: token.secret ?? '',
    json: { text: 'hi' },
  })
  await use('delete', '/r/{room}/tokens/{id}', { ...OWNED, id: token.id ?? '' })
  await use('post', '/r/{room}/tokens/{id}/revoke', { ...OWNED, id: other.id ?? '' })
  await use('post', '/r/{room}/delete', { ...OWNED, json: { confirm: 'log' } })

  const streamed =
    (await lines?.text())
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line)) ?? []
  const events = readSse((await sse?.text()) ?? '').events.filter(({ event }) => event !== 'beat')
  for (const event of [...streamed, ...events.map(({ data }) => JSON.parse(data))])
    described.assertValid(EVENT, event)
  const kinds = [...new Set(streamed.map(({ kind }) => kind))].sort()
  for (const kind of ['beat', 'closed', 'deleted', 'edited', 'gap', 'open', 'posted', 'settings', 'typing'])
    assert.ok(kinds.includes(kind), `${kind} among ${kinds}`)
  assert.match(await txt.text(), /The owner deleted this room/)

  const answers = Object.entries(described.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.entries(responses).flatMap(([status, answer]) =>
        '$ref' in answer || !status.startsWith('2')
          ? []
          : Object.keys(answer.content ?? { '': '' }).map((type) => `${method} ${path} ${status} ${type}`),
      ),
    ),
  )
  assert.deepEqual([...described.covered].sort(), answers.sort())
})

test('refusals are as described', async (t) => {
  const post = { member: { count: 7, windowMs: 3_600_000 }, address: undefined }
  const server = await startServer(t, { limits: { ...NO_LIMITS, post } })
  const described = new OpenApiChecker(await descriptionOf(server))
  const { chat } = server
  const status = async (...use: Parameters<OpenApiChecker['request']>) =>
    (await described.request(...use)).status
  const ben = { id: memberId('ben'), tagVersion: 0 }
  await chat.roster.takeName(parseSlug('tea'), ben, AUTHOR.name)
  assert.deepEqual(
    [
      await status('post', MESSAGES, { room: 'tea', json: { text: ' ' } }),
      await status('post', MESSAGES, { room: 'tea', json: { text: 'hi' }, query: { name: 'admin' } }),
      await status('post', MESSAGES, { room: 'tea', json: { text: 'hi' }, query: { name: AUTHOR.name } }),
      await status('post', MESSAGES, { room: 'tea', text: 'x'.repeat(20_000) }),
      await status('post', MESSAGES, { room: 'tea', text: 'x', headers: { 'Content-Type': 'image/png' } }),
      await status('post', MESSAGES, { room: 'tea', text: 'x', headers: { Origin: 'http://evil.example' } }),
      await status('put', MESSAGE, { room: 'tea', id: 'a.1', json: { text: 'hi' } }),
      await status('get', MESSAGE, { room: 'tea', id: 'a.1' }),
      await status('get', MESSAGES, { room: '!' }),
      await status('get', MESSAGES, { room: 'tea', query: { limit: '0' }, headers: AS_TEXT }),
      await status('get', '/r/{room}/live.ndjson', { room: 'tea', query: { name: AUTHOR.name } }),
      await status('get', '/r/{room}/live.txt', { room: '!' }),
      await status('get', '/r/{room}/settings', { room: 'tea' }),
      await status('get', MESSAGES, { room: 'tea', headers: { Authorization: 'Bearer snug_no' } }),
      await status('post', '/r/{room}/hook/{token}', { room: 'tea', token: 'snug_no', json: { text: 'hi' } }),
    ],
    [422, 422, 409, 413, 415, 403, 409, 404, 404, 422, 409, 404, 404, 401, 404],
  )
  const statuses: number[] = []
  while (statuses.at(-1) !== 429)
    statuses.push(await status('post', MESSAGES, { room: 'tea', json: { text: 'hi' } }))
  server.markUnready()
  assert.equal(await status('get', '/readyz'), 503)
})

test('events that no test can cause are described, too', async (t) => {
  const described = new OpenApiChecker(await descriptionOf(await startServer(t)))
  const { ndjson } = encoders
  for (const over of [true, false])
    described.assertValid(EVENT, JSON.parse(ndjson.outage({ kind: 'outage', over })))
  for (const ending of ['rotate', 'drain', 'busy', 'closed'] satisfies EndReason[])
    described.assertValid(EVENT, JSON.parse(ndjson.ending(ending, 1000, '')))
  assert.throws(() => described.assertValid(EVENT, { kind: 'outage', over: true, more: 1 }))
})
