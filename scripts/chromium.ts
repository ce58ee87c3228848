import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome']
const MAC_APPS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * The path of Chromium: `$CHROMIUM`, else the first found on PATH or in the usual folders.
 * @throws Error if it is not installed
 */
export function findChromium(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  const candidates = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)))
  const path = process.env.CHROMIUM ?? [...candidates, ...MAC_APPS].find((candidate) => existsSync(candidate))
  if (path === undefined) throw new Error('Chromium is missing: run `node scripts/install.js --tests`.')
  return path
}
