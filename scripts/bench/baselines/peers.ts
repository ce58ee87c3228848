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

/** Other software for the same task, with its versions. */
export interface Peers {
  readonly contenders: readonly Contender[]
  readonly versions: Readonly<Record<string, string>>
  /** A sentence for each peer that could not be measured. */
  readonly unavailable: readonly string[]
}

/**
 * The available peers: Hono's own streams always, nchan if nginx has the module.
 * @param withLibraries installs libraries from the registry, into a folder of the benchmark
 * @throws Error if they can't be installed
 */
export function findPeers(environment: Environment, frameBytes: number, withLibraries: boolean): Peers {
  const bytes = String(frameBytes)
  const contenders: Contender[] = [
    { name: 'Hono streamSSE', start: () => environment.startBaseline('hono-server', bytes) },
  ]
  const versions: Record<string, string> = { 'Hono streamSSE': readVersion(PACKAGES, 'hono') }
  const unavailable: string[] = []
  const nginx = findNchan()
  if (nginx === undefined)
    unavailable.push('nchan was not measured: nginx with the nchan module is not installed.')
  else {
    contenders.push({ name: 'nchan', start: () => startNchan(environment, frameBytes) })
    versions.nchan = `nginx ${nginx}`
  }
  if (!withLibraries)
    unavailable.push('Libraries from the registry were not measured: `--peers` installs and measures them.')
  else {
    installPeers()
    for (const name of Object.keys(VERSIONS).map(parseLibrary)) {
      contenders.push({ name, start: () => environment.startBaseline('peer-server', name, FOLDER, bytes) })
      versions[name] = VERSIONS[name]
    }
  }
  return { contenders, versions, unavailable }
}

function installPeers(): void {
  const required = Object.entries(VERSIONS)
  if (required.every(([name, version]) => installedVersion(parseLibrary(name)) === version)) return
  mkdirSync(FOLDER, { recursive: true })
  // Stops npm from searching parent folders for a project.
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n')
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--save-exact'].concat(
      required.map(([name, version]) => `${name}@${version}`),
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
