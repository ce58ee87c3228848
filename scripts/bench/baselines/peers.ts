import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contender } from '../contenders.ts'
import type { Environment } from '../environment.ts'
import { CACHE } from './cache.ts'
import { type Library, parseLibrary, VERSIONS } from './libraries.ts'
import { findNchan, startNchan } from './nchan.ts'

const PACKAGES = join(import.meta.dirname, '..', '..', '..', 'node_modules')
const FOLDER = join(CACHE, '..', 'bench-peers')
const INSTALL_TIMEOUT_MS = 120_000

/** Servers made for the same, with their versions. */
export interface Peers {
  readonly contenders: readonly Contender[]
  readonly versions: Readonly<Record<string, string>>
  /** In words, what could not be measured here. */
  readonly unavailable: readonly string[]
}

/**
 * Those that are here: Hono's own streams always, nchan where nginx has it.
 * @param wanted to install libraries from the registry, in a folder of the benchmark's own
 */
export function findPeers(arena: Environment, frameBytes: number, wanted: boolean): Peers {
  const bytes = String(frameBytes)
  const contenders: Contender[] = [
    { name: 'Hono streamSSE', start: () => arena.startBaseline('hono-server', bytes) },
  ]
  const versions: Record<string, string> = { 'Hono streamSSE': readVersion(PACKAGES, 'hono') }
  const unavailable: string[] = []
  const nginx = findNchan()
  if (nginx === undefined) unavailable.push('nchan was not measured: nginx with its module is not here.')
  else {
    contenders.push({ name: 'nchan', start: () => startNchan(arena, frameBytes) })
    versions.nchan = `nginx ${nginx}`
  }
  if (!wanted)
    unavailable.push('Libraries of the registry were not measured: `--peers` installs and measures them.')
  else {
    installPeers()
    for (const name of Object.keys(VERSIONS).map(parseLibrary)) {
      contenders.push({ name, start: () => arena.startBaseline('peer-server', name, FOLDER, bytes) })
      versions[name] = VERSIONS[name]
    }
  }
  return { contenders, versions, unavailable }
}

function installPeers(): void {
  const wanted = Object.entries(VERSIONS)
  if (wanted.every(([name, version]) => installedVersion(parseLibrary(name)) === version)) return
  mkdirSync(FOLDER, { recursive: true })
  // So that npm looks no further up for a project.
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n')
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--save-exact'].concat(
      wanted.map(([name, version]) => `${name}@${version}`),
    ),
    { cwd: FOLDER, encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS },
  )
  if (status !== 0) throw new Error(`The peers can’t be installed: ${stderr.trim().split('\n')[0]}`)
}

function installedVersion(name: Library): string | undefined {
  const folder = join(FOLDER, 'node_modules')
  return existsSync(join(folder, name)) ? readVersion(folder, name) : undefined
}

function readVersion(folder: string, name: string): string {
  return /"version": "([^"]+)"/.exec(readFileSync(join(folder, name, 'package.json'), 'utf8'))?.[1] ?? ''
}
