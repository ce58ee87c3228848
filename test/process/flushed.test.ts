import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/http/visitor.ts'
import { BUNDLE, SnugProcess } from '../support/process/snug-process.ts'
import { FSYNC_ALWAYS, RedisServer } from '../support/redis/redis-server.ts'

/** The member that a process sees in a cookie. */
async function memberSeenBy({ url }: SnugProcess, cookie: string): Promise<string | undefined> {
  const visitor = new Visitor(url)
  visitor.cookie = cookie
  await visitor.get('/')
  return memberIn(visitor.cookie)
}

function memberIn(cookie: string): string | undefined {
  return /snug\.[\w-]{10}=([\w-]+)\./.exec(cookie)?.[1]
}

test('P5: processes that start while Redis is flushed share one browser and one key with those that run', async (t) => {
  const redis = await RedisServer.start(t, { args: FSYNC_ALWAYS })
  const start = () =>
    SnugProcess.start(t, { program: BUNDLE, args: ['--port', '0', '--redis', redis.url, '--limits', 'off'] })
  const processes = [await start()]
  const ada = new Visitor(processes[0]?.url ?? '')
  await ada.get('/r/tea')
  for (const delayMs of [0, 150, 300]) {
    const starting = start()
    await pause(delayMs)
    await redis.command('FLUSHALL')
    processes.push(await starting, await start())
  }
  await eventually(async () => {
    for (const process of processes) {
      const visitor = new Visitor(process.url)
      await visitor.get('/r/tea')
      const member = memberIn(visitor.cookie)
      assert.ok(member)
      for (const other of processes) assert.equal(await memberSeenBy(other, visitor.cookie), member)
    }
  })
  const ids = new Set<string>()
  for (const { url } of processes) {
    const visitor = new Visitor(url)
    visitor.cookie = ada.cookie
    const response = await visitor.post(
      '/r/tea/messages',
      { text: 'once', key: 'k' },
      { Accept: 'application/json' },
    )
    assert.equal(response.status, 201)
    ids.add(((await response.json()) as { id: string }).id)
  }
  assert.equal(ids.size, 1)
})
