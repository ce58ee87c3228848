import assert from 'node:assert/strict'
import { Agent, type ClientRequest, get, type IncomingMessage, request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { startClusteredProcesses } from '../support/process/clustered-processes.ts'
import { SnugProcess } from '../support/process/snug-process.ts'

/** Containers are killed two seconds later. */
const PATIENCE_MS = 8000
const STREAMS = 200

/** Somebody who reads a stream, and how it ended. */
interface Follower {
  /** All that came, once the stream is over. */
  readonly body: Promise<string>
  /** Whether the last chunk came; without it a browser sees a broken connection. */
  complete(): boolean
}

const start = (t: TestContext) =>
  SnugProcess.start(t, { args: ['--port', '0', '--limits', 'off', '--log-level', 'info'] })

/** Opens a stream; resolves when it has begun. */
function follow(url: string): Promise<Follower> {
  return new Promise((resolve, reject) => {
    get(`${url}/r/lobby/events`, { agent: false }, (response) => {
      let text = ''
      const body = new Promise<string>((end) => {
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.once('close', () => end(text)).on('error', () => {})
      })
      response.once('data', () => resolve({ body, complete: () => response.complete }))
    }).once('error', reject)
  })
}

/** Begins a post that the server works on, and has only half of. */
function beginPost(url: string, text: string, headers: Record<string, string> = {}): Promise<ClientRequest> {
  const bytes = Buffer.byteLength(text)
  const post = request(`${url}/r/lobby/messages`, {
    method: 'POST',
    agent: false,
    headers: { Expect: '100-continue', 'Content-Type': 'text/plain', 'Content-Length': bytes, ...headers },
  })
  post.on('error', () => {})
  post.write(text.slice(0, text.length / 2))
  return new Promise((resolve) => post.once('continue', () => resolve(post)))
}

function endPost(post: ClientRequest, text: string): Promise<IncomingMessage> {
  post.end(text.slice(text.length / 2))
  return new Promise((resolve, reject) => post.once('response', resolve).once('error', reject))
}

async function readiness(url: string): Promise<number | 'refused'> {
  try {
    return (await fetch(`${url}/readyz`)).status
  } catch {
    return 'refused'
  }
}

test('SIGTERM lets a post finish, ends every stream well, and then the process', async (t) => {
  const snug = await start(t)
  const readers = await Promise.all(Array.from({ length: STREAMS }, () => follow(snug.url)))
  const text = 'said while the house was closing'
  const post = await beginPost(snug.url, text)
  assert.equal(await readiness(snug.url), 200)

  const signalled = performance.now()
  const exited = snug.kill('SIGTERM')
  await snug.waitForOutput(/"draining"/)
  // On the connection that was kept, and then on a new one.
  assert.equal(await readiness(snug.url), 503)
  assert.equal(await readiness(snug.url), 'refused')
  assert.equal((await endPost(post, text)).statusCode, 201)

  const bodies = await Promise.all(readers.map(({ body }) => body))
  const exit = await exited
  assert.deepEqual({ code: exit.code, signal: exit.signal }, { code: 0, signal: null })
  const took = performance.now() - signalled
  assert.ok(took < PATIENCE_MS, `it took ${took} ms`)

  assert.equal(readers.filter((reader) => !reader.complete()).length, 0, 'streams were cut')
  const unread = bodies.filter((body) => !body.includes(text)).length
  assert.equal(unread, 0, 'the last message did not reach every reader')
  const retries = bodies.map((body) => /event: drain\nretry: (\d+)\ndata: \n\n$/.exec(body)?.[1])
  assert.ok(!retries.includes(undefined), 'a stream ended without a word')
  assert.ok(new Set(retries).size > STREAMS / 4, `readers come back all at once: ${[...new Set(retries)]}`)
})

test('a process that nobody uses ends at once, by SIGTERM and by SIGINT', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const snug = await start(t)
    assert.equal(await readiness(snug.url), 200)
    const signalled = performance.now()
    const { code } = await snug.kill(signal)
    assert.equal(code, 0)
    assert.ok(performance.now() - signalled < 2000)
  }
})

test('a connection that is kept alive after the last answer holds nothing up', async (t) => {
  const snug = await start(t)
  const text = 'one more'
  const post = await beginPost(snug.url, text, { Connection: 'keep-alive' })
  const exited = snug.kill('SIGTERM')
  await snug.waitForOutput(/"draining"/)
  const answered = performance.now()
  assert.equal((await endPost(post, text)).statusCode, 201)
  assert.equal((await exited).code, 0)
  assert.ok(performance.now() - answered < 2000)
})

test('what a proxy sends on a connection that it keeps is taken when Snug stops, and told that it was the last', async (t) => {
  const snug = await start(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const post = async (text: string) => {
    const sent = request(`${snug.url}/r/lobby/messages`, {
      method: 'POST',
      agent,
      headers: { 'Content-Type': 'text/plain' },
    })
    const response = await endPost(sent, text)
    response.resume()
    return { status: response.statusCode, connection: response.headers.connection }
  }
  assert.deepEqual(await post('before'), { status: 201, connection: 'keep-alive' })
  const exited = snug.kill('SIGTERM')
  await snug.waitForOutput(/"draining"/)
  assert.deepEqual(await post('after'), { status: 201, connection: 'close' })
  assert.equal((await exited).code, 0)
})

test('a post that never ends is given up in time', async (t) => {
  const snug = await start(t)
  await beginPost(snug.url, 'this is never sent whole')
  const reader = await follow(snug.url)
  const signalled = performance.now()
  const { code } = await snug.kill('SIGTERM')
  assert.equal(code, 0)
  const took = performance.now() - signalled
  assert.ok(took < PATIENCE_MS, `it took ${took} ms`)
  assert.match(await reader.body, /event: drain\n/)
  assert.ok(reader.complete())
})

test('a second signal ends the process at once, whatever hangs', async (t) => {
  for (const second of ['SIGTERM', 'SIGINT'] as const) {
    const snug = await start(t)
    await beginPost(snug.url, 'this is never sent whole')
    await follow(snug.url)
    void snug.kill('SIGTERM')
    await snug.waitForOutput(/"draining"/)
    const signalled = performance.now()
    assert.equal((await snug.kill(second)).code, 0)
    assert.ok(performance.now() - signalled < 2000)
  }
})

for (const state of ['away', 'standing still'] as const) {
  test(`with a Redis that is ${state}, a process ends its streams well, and itself in time`, async (t) => {
    const { redis, one } = await startClusteredProcesses(t, {
      snug: ['--log-level', 'info', '--limits', 'off'],
    })
    await beginPost(one.url, 'this is never sent whole')
    const readers = await Promise.all(Array.from({ length: STREAMS }, () => follow(one.url)))
    if (state === 'away') await redis.kill()
    else redis.pause()
    const signalled = performance.now()
    assert.equal((await one.kill('SIGTERM')).code, 0)
    const took = performance.now() - signalled
    assert.ok(took < PATIENCE_MS, `it took ${took} ms`)
    for (const { body } of readers) assert.match(await body, /event: drain\n/)
  })
}
