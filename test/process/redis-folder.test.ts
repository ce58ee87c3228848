import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'
import { RedisServer } from '../support/redis/redis-server.ts'

test('rooms that were kept in a folder are not forgotten silently when Redis takes its place', async (t) => {
  const cwd = await emptyFolder(t)
  const alone = await SnugProcess.start(t, { program: BUNDLE, cwd })
  const body = new URLSearchParams({ room: 'log', kind: 'kept' })
  await fetch(`${alone.url}/rooms`, { method: 'POST', body, headers: { Origin: alone.url } })
  await alone.kill('SIGTERM')
  const { url } = await RedisServer.start(t)
  const shared = await SnugProcess.start(t, { program: BUNDLE, cwd, args: ['--port', '0', '--redis', url] })
  await shared.waitForOutput(/"folder":"snug-data".*snug export and snug import bring them/)
  assert.equal(shared.stderr.trim().split('\n').length, 1)
})
