// What the browser loads, as it goes over the wire: printed by `npm run package`, which fails above the bounds.

import { readAssets } from './assets.ts'

/** Everything that a first visit to a room loads; 4 KB of it are left for the page itself and the headers. */
const VISIT_MAX_BYTES = 40_000 - 4_000
const SCRIPT_MAX_GZIP_BYTES = 20_000

/** What somebody else's page loads to hold a room. */
const ELEMENT_MAX_GZIP_BYTES = 2_000

/** What test/browser/room/lazy.test.ts sees a first visit load; lazy.js comes when something of it is needed. */
const VISIT = ['snug.js', 'snug.css', 'icon.svg']

export async function checkWeight(): Promise<void> {
  const assets = await readAssets()
  for (const { name, plain, gzip, brotli } of assets) {
    console.log(
      `${name.padEnd(16)} ${formatKilobytes(plain)} plain, ${formatKilobytes(gzip)} gzip, ${formatKilobytes(brotli)} brotli`,
    )
  }
  const visit = assets
    .filter(({ name }) => VISIT.includes(name))
    .reduce((sum, { gzip }) => sum + gzip.length, 0)
  const script = assets.find(({ name }) => name === 'snug.js')?.gzip.length ?? 0
  const element = assets.find(({ name }) => name === 'embed.js')?.gzip.length ?? 0
  const later = assets.find(({ name }) => name === 'lazy.js')?.gzip.length ?? 0
  console.log(
    `A first visit to a room loads ${formatKilobytes({ length: visit })} with gzip, ${formatKilobytes({ length: script })} of it script.`,
  )
  console.log(`What is first needed later brings ${formatKilobytes({ length: later })} of script.`)
  if (visit > VISIT_MAX_BYTES)
    throw new Error(`a first visit weighs ${visit} bytes; ${VISIT_MAX_BYTES} are promised.`)
  if (script > SCRIPT_MAX_GZIP_BYTES) {
    throw new Error(`snug.js weighs ${script} bytes with gzip; ${SCRIPT_MAX_GZIP_BYTES} are promised.`)
  }
  if (element > ELEMENT_MAX_GZIP_BYTES) {
    throw new Error(`embed.js weighs ${element} bytes with gzip; ${ELEMENT_MAX_GZIP_BYTES} are promised.`)
  }
}

function formatKilobytes({ length }: { readonly length: number }): string {
  return `${(length / 1000).toFixed(1)} KB`
}
