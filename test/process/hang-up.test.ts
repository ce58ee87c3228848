import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'

const LINUX_ONLY = { skip: process.platform !== 'linux' && 'needs /dev/full and `script` of Linux' }

/** As a shell does it: passes the hang-up on to its job. Prints the exit code of the job to a file. */
const SHELL =
  'trap \'kill -HUP "$job"\' HUP; "$NODE" "$BUNDLE" --port 0 --log-level info & job=$!; wait $job; wait $job; echo $? >"$CODE"'

test('P12: a server that writes to a file or a pipe survives a hang-up, as after nohup', async (t) => {
  const snug = await SnugProcess.start(t, { program: BUNDLE })
  void snug.kill('SIGHUP')
  assert.equal((await fetch(`${snug.url}/healthz`)).status, 200)
  void snug.kill('SIGHUP')
  assert.equal((await fetch(`${snug.url}/healthz`)).status, 200)
  const { code, signal } = await snug.kill('SIGTERM')
  assert.deepEqual({ code, signal }, { code: 0, signal: null })
})

test('P12: closing the terminal drains the server that writes to it', LINUX_ONLY, async (t) => {
  const code = join(await emptyFolder(t), 'code')
  const terminal = spawn('script', ['-qfc', SHELL, '/dev/null'], {
    env: { PATH: process.env.PATH ?? '', SHELL: '/bin/sh', NODE: process.execPath, BUNDLE, CODE: code },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.after(() => terminal.kill('SIGKILL'))
  let shown = ''
  for await (const chunk of terminal.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    shown += chunk
    if (/is running: \S+\r?\n/.test(shown)) break
  }
  terminal.stdout.resume()
  const url = /http:\/\/localhost:(\d+)/.exec(shown)
  const response = await fetch(`http://127.0.0.1:${url?.[1]}/r/lobby/events`)
  terminal.kill('SIGKILL')
  // The whole stream comes, with an announcement at its end. A stream that was cut rejects.
  assert.match(await response.text(), /event: drain\nretry: \d+\n/)
  await eventually(async () => assert.equal(await readFile(code, 'utf8'), '0\n'))
})

test(
  'a log that can’t be written, on a full disk for instance, stops neither the server nor its exit',
  LINUX_ONLY,
  async (t) => {
    const full = openSync('/dev/full', 'w')
    const snug = await SnugProcess.start(t, {
      program: BUNDLE,
      args: ['--port', '0', '--log-level', 'info'],
      stderr: full,
    })
    closeSync(full)
    assert.equal((await fetch(`${snug.url}/healthz`)).status, 200)
    const { code, signal } = await snug.kill('SIGTERM')
    assert.deepEqual({ code, signal }, { code: 0, signal: null })
  },
)
