import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome']
const MAC_APPS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The Chromium that `scripts/install.js` found or installed: what $CHROMIUM names, else in the usual places. */
export function findChromium(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  const places = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)))
  const path = process.env.CHROMIUM ?? [...places, ...MAC_APPS].find((place) => existsSync(place))
  if (path === undefined)
    throw new Error('Chromium is missing: node scripts/install.js --tests says what to do.')
  return path
}
