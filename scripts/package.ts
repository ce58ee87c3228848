// Makes one executable for this platform out of dist/snug.cjs and the Node of node_modules.

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

// pkg's command line writes the bundle's absolute path into the executable, so that builds in two
// folders differ. Its function lets us name the bundle from pkg's own working folder (one below TMPDIR),
// and lets us hand it a Node where the command line would look for one on the network.
const SEA_CONFIG = {
  main: `../${basename(BUNDLE)}`,
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  // V8's code cache has other bytes each time, and saves only some 5 ms.
  useCodeCache: false,
  execArgv: NODE_FLAGS,
  // A NODE_OPTIONS meant for other programs must not keep Snug from starting.
  execArgvExtension: 'none',
}

function ownNodePath(): string {
  const folder = realpathSync(join(ROOT, 'node_modules'))
  if (!process.execPath.startsWith(folder + sep)) {
    throw new Error('it has to run on the Node of node_modules: use `npm run package`.')
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
    console.warn('Without `strip` (binutils) the executable gets some 30 MB larger.')
    return node
  }
  // Renamed when complete, so that an interrupted run never leaves half a Node in the cache.
  renameSync(unfinished, stripped)
  return stripped
}

async function makeExecutable(node: string, output: string): Promise<void> {
  const platform = Object.entries(PKG_PLATFORMS).find(([name]) => name === process.platform)?.[1]
  if (platform === undefined) throw new Error(`pkg makes nothing for ${process.platform}.`)

  // SEA_CONFIG.main counts on it.
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
    throw new Error(`the executable contains the path ${BUNDLE}, so other folders would give other bytes.`)
  }
}

/** As pieces of a download are. */
const CHUNK_BYTES = 64 * 1024

/**
 * What is written at once stays together in the kernel's cache, and counts as a program's memory as soon as that reads
 * one byte of it: until the next boot the executable would look 20 MB larger here than wherever it was downloaded.
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
  // Made beside the old one, which may be running, and put in its place when complete.
  const baked = `${EXECUTABLE}.baked`
  const unfinished = `${EXECUTABLE}.unfinished`
  const remove = () => {
    for (const file of [baked, unfinished]) rmSync(file, { force: true })
  }
  remove()
  try {
    await makeExecutable(stripNode(ownNodePath()), baked)
    const bytes = readFileSync(baked)
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
