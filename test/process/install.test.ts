import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { emptyFolder } from '../support/process/snug-process.ts'

const INSTALL = join(import.meta.dirname, '..', '..', 'scripts', 'install.js')
const PACKAGE = `node-${process.platform}-${process.arch}`

test('install.js links the installed Node if npm did not, before anything runs on it', {
  skip: process.platform === 'win32' && 'Windows runs Node from its package',
}, async (t) => {
  const folder = await emptyFolder(t)
  const modules = join(folder, 'node_modules')
  await cp(INSTALL, join(folder, 'scripts', 'install.js'))
  for (const part of [join(PACKAGE, 'bin'), '.bin']) await mkdir(join(modules, part), { recursive: true })
  await symlink(process.execPath, join(modules, PACKAGE, 'bin', 'node'))
  for (const lock of [join(folder, 'package-lock.json'), join(modules, '.package-lock.json')])
    await writeFile(lock, JSON.stringify({ packages: {} }))
  // Only the link is missing: no registry is needed.
  await promisify(execFile)(process.execPath, [join(folder, 'scripts', 'install.js')], { env: { PATH: '' } })
  assert.equal(await readlink(join(modules, '.bin', 'node')), join('..', PACKAGE, 'bin', 'node'))
})

const POSIX_ONLY = { skip: process.platform === 'win32' && 'the Node and the npm of this test are scripts' }

interface Machine {
  /** The shell script that stands for the installed Node; none is installed without. */
  readonly node?: string
  /** What npm says on its error output, and its exit code, by command. */
  readonly npm?: Readonly<Record<string, { readonly said?: string; readonly code: number }>>
  readonly require?: string
}

/** Runs install.js in a folder of its own, with an npm that only records what it is told. */
async function install(t: Parameters<typeof emptyFolder>[0], { node, npm = {}, require }: Machine) {
  const folder = await emptyFolder(t)
  const modules = join(folder, 'node_modules')
  await cp(INSTALL, join(folder, 'scripts', 'install.js'))
  await mkdir(join(modules, '.bin'), { recursive: true })
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: {} }))
  if (node !== undefined) {
    await writeFile(join(modules, '.package-lock.json'), JSON.stringify({ packages: {} }))
    await writeFile(join(modules, '.bin', 'node'), `#!/bin/sh\n${node}\n`, { mode: 0o755 })
  }
  const calls = join(folder, 'calls')
  await writeFile(
    join(folder, 'npm-cli.js'),
    `const { appendFileSync } = require('node:fs')
appendFileSync(${JSON.stringify(calls)}, process.argv.slice(2).join(' ') + '\\n')
const { said = '', code } = ${JSON.stringify(npm)}[process.argv[2]]
process.stderr.write(said)
process.exitCode = code`,
  )
  if (require !== undefined) await writeFile(join(folder, 'require.js'), require)
  const env = {
    PATH: '/bin:/usr/bin',
    npm_execpath: join(folder, 'npm-cli.js'),
    npm_node_execpath: process.execPath,
    ...(require !== undefined && { NODE_OPTIONS: `--require ${join(folder, 'require.js')}` }),
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'scripts', 'install.js')], {
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr, calls: await readFile(calls, 'utf8').catch(() => '') }
}

test(
  'install.js names the library that the installed Node lacks, and installs nothing again',
  POSIX_ONLY,
  async (t) => {
    const lacks = (library: string) =>
      `echo "node: error while loading shared libraries: ${library}: cannot open shared object file: No such file or directory" >&2; exit 127`
    const atomic = await install(t, { node: lacks('libatomic.so.1') })
    assert.deepEqual([atomic.status, atomic.calls], [1, ''])
    assert.match(atomic.stderr, /needs the library libatomic\.so\.1, .*apt-get install libatomic1/)
    const other = await install(t, { node: lacks('libother.so.2') })
    assert.match(other.stderr, /^Node 26 needs the library libother\.so\.2, .*\n$/)
    const old = await install(t, {
      node: `echo "node: /lib/libc.so.6: version 'GLIBC_2.34' not found (required by node)" >&2; exit 1`,
    })
    assert.match(old.stderr, /needs a newer C library than this machine has \(GLIBC_2\.34\)/)
    const works = await install(t, { node: 'echo v26.1.0' })
    assert.deepEqual([works.status, works.stderr, works.calls], [0, '', ''])
  },
)

test(
  'install.js runs no script of a package, which would fail on a Node that does not run',
  POSIX_ONLY,
  async (t) => {
    const { calls, stderr } = await install(t, { npm: { ci: { code: 0 } } })
    assert.match(calls, /^ci --ignore-scripts [^\n]*\n$/)
    assert.match(stderr, /does not run on this machine/)
  },
)

test(
  'install.js shows why npm ci failed, and tries npm install only where the lock file is the reason',
  POSIX_ONLY,
  async (t) => {
    for (const code of ['ECONNREFUSED', 'EROFS', 'ENOTCACHED', 'E401', 'ENOSPC']) {
      const said = `npm error code ${code}\nnpm error what npm says\n`
      const { status, stdout, stderr, calls } = await install(t, { npm: { ci: { said, code: 1 } } })
      assert.equal(status, 1)
      assert.equal(stderr, `${said}\`npm ci\` failed; its message is above.\n`)
      assert.doesNotMatch(stdout, /trying/)
      assert.match(calls, /^ci [^\n]*\n$/)
    }
    for (const said of ['npm error code EUSAGE\n', 'npm ERR! code ETARGET\nnpm ERR! notarget\n']) {
      const { stdout, stderr, calls } = await install(t, {
        npm: { ci: { said, code: 1 }, install: { code: 1 } },
      })
      assert.ok(stderr.startsWith(said))
      assert.match(stdout, /can’t use this package-lock\.json: trying `npm install`/)
      assert.match(calls, /^ci [^\n]*\ninstall [^\n]*\n$/)
    }
  },
)

test('install.js says that musl is the reason on Alpine', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const require = 'process.report.getReport = () => ({ header: {} })'
  const { status, stderr, calls } = await install(t, { require, npm: { ci: { code: 0 } } })
  assert.deepEqual([status, calls], [1, ''])
  assert.match(stderr, /musl .*Alpine.* needs glibc/)
})
