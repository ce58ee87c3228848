import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { BUNDLE, SnugProcess } from '../support/process/snug-process.ts'

/** More than Snug needs to start, and fewer than the connections below. */
const FILES_MAX = 64

test('a server that runs out of file descriptors says so in its log, goes on, and says when it has some again', {
  skip: process.platform === 'win32' && 'Windows has no such limit',
}, async (t) => {
  const limited = ['-c', `ulimit -n ${FILES_MAX}; exec "$@"`, 'sh', process.execPath, BUNDLE, '--port', '0']
  const snug = await SnugProcess.start(t, { program: '/bin/sh', args: limited })
  const { port } = new URL(snug.url)
  const sockets = Array.from(
    { length: 2 * FILES_MAX },
    (): Socket =>
      connect(Number(port), '127.0.0.1')
        .on('error', () => {})
        .resume(),
  )
  await snug.waitForOutput(/"level":50.*out of file descriptors.*ulimit -n/)
  assert.equal(snug.stderr.trim().split('\n').length, 1, snug.stderr)
  for (const socket of sockets) socket.destroy()
  await snug.waitForOutput(/file descriptors are available again/)
  assert.equal((await fetch(`${snug.url}/healthz`)).status, 200)
  assert.equal((await snug.kill('SIGTERM')).code, 0)
})
