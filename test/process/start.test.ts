import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { BUNDLE, EXECUTABLE, SnugProcess } from '../support/process/snug-process.ts'

const PACKAGE = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')

const ownAddress = Object.values(networkInterfaces())
  .flatMap((cards) => cards ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

/** Runs Snug until it exits by itself. */
async function run(t: TestContext, args: readonly string[], env: Record<string, string> = {}) {
  const snug = SnugProcess.spawn(t, { args, env })
  const { code } = await snug.exited
  return { code, stdout: snug.stdout, stderr: snug.stderr }
}

/** Occupies a port of loopback until the test ends. */
async function takenPort(t: TestContext): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

test('--version and --help print and exit with code 0', async (t) => {
  const version = await run(t, ['--version'])
  assert.deepEqual(version, { code: 0, stdout: `${JSON.parse(PACKAGE).version}\n`, stderr: '' })
  const help = await run(t, ['serve', '--help'])
  assert.equal(help.code, 0)
  assert.match(help.stdout, /^Snug .*\n\nUsage: snug \[serve\] \[flags\]\n(?: {7}snug .*\n)+\n {2}--port N/)
  assert.equal(help.stderr, '')
})

test('--licenses prints the licence of each package that Snug runs with, of Node and of Unicode’s table', async (t) => {
  const { code, stdout } = await run(t, ['--licenses'])
  assert.equal(code, 0)
  const { dependencies } = JSON.parse(PACKAGE) as { dependencies: Record<string, string> }
  const packages = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
  for (const title of ['Snug', ...packages, `Node.js ${process.versions.node}`]) {
    const [, text = ''] = stdout.split(new RegExp(`^${RegExp.escape(title)}\n-+\n`, 'm'))
    assert.match(text.split('-'.repeat(78), 1)[0] ?? '', /copyright|permission|MIT/i, title)
  }
  assert.match(stdout, /UNICODE LICENSE V3\n\nCOPYRIGHT AND PERMISSION NOTICE/)
})

test('a command whose output nobody reads on ends without a word, and a server goes on', async (t) => {
  const program = `"${process.execPath}" "${BUNDLE}"`
  const shell = promisify(execFile)
  // `read` takes a line, and closes the pipe.
  for (const command of ['--licenses', '--help']) {
    const { stdout, stderr } = await shell('sh', [
      '-c',
      `${program} ${command} | (read -r line; echo "$line")`,
    ])
    assert.notEqual(stdout, '')
    assert.equal(stderr, '')
  }
  const server = `{ ${program} --port 0 2>/dev/null & echo $! >&2; } | (read -r line; read -r line; echo "$line")`
  const { stdout, stderr: pid } = await shell('sh', ['-c', server])
  t.after(() => process.kill(Number(pid), 'SIGKILL'))
  const url = /http:\S+/.exec(stdout)?.[0]
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
})

test('invalid values stop the start with one line each and code 2', async (t) => {
  const { code, stdout, stderr } = await run(t, ['--port', 'http', '--limits', 'of'], { SNUG_PROT: '80' })
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.deepEqual(stderr.split('\n'), [
    'snug: There is no variable SNUG_PROT; snug --help lists the flags, and each has one.',
    'snug: --port must be a whole number from 0 to 65535, not “http”.',
    'snug: --limits must be one of on, off, not “of”.',
    '',
  ])
})

test('a port in use stops the start with one sentence and code 1', async (t) => {
  const port = await takenPort(t)
  const sentence = `snug: Port ${port} is in use. Stop what uses it, or choose another: --port ${port + 1}.\n`
  assert.deepEqual(await run(t, ['--port', `${port}`]), { code: 1, stdout: '', stderr: sentence })
})

test('a host of another machine stops the start with one sentence and code 1', async (t) => {
  for (const host of ['203.0.113.9', '2001:db8::9']) {
    const { code, stdout, stderr } = await run(t, ['--port', '0', '--host', host])
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    assert.match(stderr, new RegExp(`^snug: ${host} is not an address of this machine\\.[^\\n]*\\n$`))
  }
})

for (const program of [EXECUTABLE, BUNDLE]) {
  test(`${program === BUNDLE ? 'the bundle' : 'the executable'} prints a link that works`, async (t) => {
    const snug = await SnugProcess.start(t, { program, args: ['serve', '--port=0'] })
    assert.match(snug.links.join(' '), /^http:\/\/localhost:\d+$/)
    assert.match(snug.stdout, /Only this computer can open it/)
    const home = await fetch(snug.links[0] ?? '')
    assert.equal(home.status, 200)
    assert.match(await home.text(), /^<!doctype html><html lang="en">/)
    assert.equal(snug.stderr, '', 'a normal start must log nothing')
  })
}

test('flags can come from the environment', async (t) => {
  const env = { SNUG_PORT: '0', SNUG_BASE_URL: 'https://chat.example' }
  const snug = await SnugProcess.start(t, { args: [], env })
  assert.deepEqual(snug.links, ['https://chat.example'])
})

test('--host 0.0.0.0 prints links of the local network that work, and a code to scan', async (t) => {
  const snug = await SnugProcess.start(t, { args: ['--port', '0', '--host', '0.0.0.0'] })
  const { port } = new URL(snug.url)
  assert.equal(snug.links.at(-1), `http://localhost:${port}`)
  if (ownAddress !== undefined) {
    assert.equal(snug.links[0], `http://${ownAddress}:${port}`)
    assert.match(snug.stdout, /^ {2}█[█▀▄ ]{20,}█$/m)
  }
  for (const link of snug.links) assert.equal((await fetch(`${link}/healthz`)).status, 200, link)
})

test('by default other machines can’t connect', { skip: !ownAddress }, async (t) => {
  const snug = await SnugProcess.start(t)
  await assert.rejects(fetch(snug.url.replace('127.0.0.1', ownAddress ?? '')), { message: 'fetch failed' })
})
