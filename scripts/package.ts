// Makes one executable for this platform from dist/snug.cjs and the Node in node_modules.

import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import pkg from '@yao-pkg/pkg/lib-es5/sea.js'
import { NODE_FLAGS } from './node-flags.ts'
import { checkWeight } from './weight.ts'

const ROOT = join(import.meta.dirname, '..')
const BUNDLE = join(ROOT, 'dist', 'snug.cjs')
const EXECUTABLE = join(ROOT, 'dist', process.platform === 'win32' ? 'snug.exe' : 'snug')
const CACHE = join(ROOT, '.cache', 'pkg')

const PKG_PLATFORMS = { linux: 'linux', darwin: 'macos', win32: 'win' } as const

// pkg's command line writes the absolute path of the bundle into the executable, so builds in two folders differ, and
// it looks for Node on the network. Its function takes a path relative to pkg's working folder (a folder below TMPDIR),
// and a Node.
const SEA_CONFIG = {
  main: `../${basename(BUNDLE)}`,
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  // V8's code cache differs from build to build, and saves only some 5 ms.
  useCodeCache: false,
  execArgv: NODE_FLAGS,
  // NODE_OPTIONS meant for other programs must not stop Snug from starting.
  execArgvExtension: 'none',
}

function ownNodePath(): string {
  const folder = realpathSync(join(ROOT, 'node_modules'))
  if (!process.execPath.startsWith(folder + sep)) {
    throw new Error('it must run on the Node in node_modules; use `npm run package`.')
  }
  return process.execPath
}

function stripNode(node: string): string {
  if (process.platform !== 'linux') return node
  const stripped = join(CACHE, `node-${process.version}-${process.arch}-stripped`)
  if (existsSync(stripped)) return stripped

  mkdirSync(CACHE, { recursive: true })
  const unfinished = `${stripped}.${process.pid}`
  const { status } = spawnSync('strip', ['-o', unfinished, node])
  if (status !== 0) {
    rmSync(unfinished, { force: true })
    console.warn('`strip` (binutils) is missing, so the executable is some 30 MB larger.')
    return node
  }
  // Renamed when complete: an interrupted run must not leave half a Node in the cache.
  renameSync(unfinished, stripped)
  return stripped
}

async function makeExecutable(node: string, output: string): Promise<void> {
  const platform = Object.entries(PKG_PLATFORMS).find(([name]) => name === process.platform)?.[1]
  if (platform === undefined) throw new Error(`pkg does not support ${process.platform}.`)

  // SEA_CONFIG.main is relative to a folder in there.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = dirname(BUNDLE)
  await pkg.default(BUNDLE, {
    nodePath: node,
    seaConfig: SEA_CONFIG,
    signature: true,
    targets: [{ nodeRange: `node${process.versions.node}`, platform, arch: process.arch, output }],
  })
}

function assertWithoutOwnPath(bytes: Buffer): void {
  if (bytes.includes(BUNDLE)) {
    throw new Error(`the executable contains the path ${BUNDLE}, so builds in other folders would differ.`)
  }
}

/** Like the pieces of a download. */
const CHUNK_BYTES = 64 * 1024

/**
 * Writes the file in small pieces. A file written at once stays in large blocks in the kernel's page cache, and reading
 * one byte of a block counts all of it as memory of the process: until the next boot, the executable would seem 20 MB
 * larger on this machine than on one that downloaded it.
 */
function writeInChunks(output: string, bytes: Buffer): void {
  const file = openSync(output, 'w', 0o755)
  try {
    for (let from = 0; from < bytes.length; )
      from += writeSync(file, bytes, from, Math.min(CHUNK_BYTES, bytes.length - from))
  } finally {
    closeSync(file)
  }
}

async function packageSnug(): Promise<void> {
  const started = performance.now()
  if (!existsSync(BUNDLE)) throw new Error('dist/snug.cjs is missing: run `npm run build` first.')

  await checkWeight()
  // The old executable may be running, so the new one replaces it only when complete.
  const packed = `${EXECUTABLE}.baked`
  const unfinished = `${EXECUTABLE}.unfinished`
  const remove = () => {
    for (const file of [packed, unfinished]) rmSync(file, { force: true })
  }
  remove()
  try {
    await makeExecutable(stripNode(ownNodePath()), packed)
    const bytes = readFileSync(packed)
    assertWithoutOwnPath(bytes)
    writeInChunks(unfinished, bytes)
    renameSync(unfinished, EXECUTABLE)
  } finally {
    remove()
  }

  const megabytes = (statSync(EXECUTABLE).size / 1e6).toFixed(1)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`dist/${basename(EXECUTABLE)}: ${megabytes} MB, made in ${seconds} s`)
}

try {
  await packageSnug()
} catch (error) {
  console.error(`No executable was made: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
