// Builds Snug and starts it. Arguments are passed to Snug: npm start -- --port 8080

import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { NODE_FLAGS } from './node-flags.ts'

const BUILD = join(import.meta.dirname, 'build.ts')
const BUNDLE = join(import.meta.dirname, '..', 'dist', 'snug.cjs')

const { status } = spawnSync(process.execPath, [BUILD], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const args = [...NODE_FLAGS, BUNDLE, ...process.argv.slice(2)]
// Snug takes the place of this process, so that signals reach it. Windows can't do that; there, Ctrl+C reaches both.
if (process.platform === 'win32')
  spawn(process.execPath, args, { stdio: 'inherit' }).once('exit', (code) => process.exit(code ?? 1))
else process.execve?.(process.execPath, [process.execPath, ...args], process.env)
