// Development server: rebuilds and restarts Snug on every change in src/, views/ or static/.
// Arguments are passed to Snug: npm run dev -- --port 8080

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { buildBundle } from './build.ts'

const ROOT = join(import.meta.dirname, '..')
const WATCHED = ['src', 'views', 'static']

/** Changes within this time are one change: editors save several files at once, and each in several steps. */
const SETTLE_MS = 50

let running: ChildProcess | undefined
let notifyChange = () => {}
let changed = nextChange()

function nextChange(): Promise<void> {
  return new Promise((resolve) => {
    notifyChange = resolve
  })
}

function start(): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'dist', 'snug.cjs'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
}

async function stop(snug: ChildProcess | undefined): Promise<void> {
  if (!snug || snug.exitCode !== null || snug.signalCode !== null) return
  snug.kill('SIGTERM')
  await once(snug, 'exit')
}

async function tryBuild(): Promise<boolean> {
  try {
    await buildBundle()
    return true
  } catch {
    // esbuild has already printed the error and its place.
    console.error(
      '\n  The build failed. The previous build is still running; fix the error and save again.\n',
    )
    return false
  }
}

for (const folder of WATCHED) watch(join(ROOT, folder), { recursive: true }, () => notifyChange())

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stop(running).then(() => process.exit(0)))
}

for (;;) {
  if (await tryBuild()) {
    await stop(running)
    running = start()
  }
  await changed
  await pause(SETTLE_MS)
  changed = nextChange()
}
