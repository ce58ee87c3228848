import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'
import { RedisServer } from '../support/redis/redis-server.ts'

test('a start on Redis warns about rooms that are kept in the data folder', async (t) => {
  const cwd = await emptyFolder(t)
  const standalone = await SnugProcess.start(t, { program: BUNDLE, cwd })
  const body = new URLSearchParams({ room: 'log', kind: 'kept' })
  await fetch(`${standalone.url}/rooms`, { method: 'POST', body, headers: { Origin: standalone.url } })
  await standalone.kill('SIGTERM')
  const { url } = await RedisServer.start(t)
  const clustered = await SnugProcess.start(t, {
    program: BUNDLE,
    cwd,
    args: ['--port', '0', '--redis', url],
  })
  await clustered.waitForOutput(/"folder":"snug-data".*snug export and snug import bring them/)
  assert.equal(clustered.stderr.trim().split('\n').length, 1)
})
