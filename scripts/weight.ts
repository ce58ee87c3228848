// Prints the sizes of all assets as they go over the wire. `npm run package` fails if one exceeds its bound.

import { readAssets } from './assets.ts'

/** All assets of a first visit to a room: 40 KB less 4 KB for the page itself and the headers. */
const VISIT_MAX_BYTES = 40_000 - 4_000
const SCRIPT_MAX_GZIP_BYTES = 20_000

/** The script that another site's page loads to embed a room. */
const ELEMENT_MAX_GZIP_BYTES = 2_000

/** The assets of a first visit, as checked by test/browser/room/lazy.test.ts. lazy.js is loaded on demand. */
const VISIT = ['snug.js', 'snug.css', 'icon.svg']

/** @throws Error if a bound is exceeded */
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
  const lazy = assets.find(({ name }) => name === 'lazy.js')?.gzip.length ?? 0
  console.log(
    `A first visit to a room loads ${formatKilobytes({ length: visit })} with gzip, ${formatKilobytes({ length: script })} of it script.`,
  )
  console.log(`The script that is loaded on demand has ${formatKilobytes({ length: lazy })}.`)
  if (visit > VISIT_MAX_BYTES)
    throw new Error(`a first visit loads ${visit} bytes; at most ${VISIT_MAX_BYTES} are promised.`)
  if (script > SCRIPT_MAX_GZIP_BYTES) {
    throw new Error(`snug.js has ${script} bytes with gzip; at most ${SCRIPT_MAX_GZIP_BYTES} are promised.`)
  }
  if (element > ELEMENT_MAX_GZIP_BYTES) {
    throw new Error(
      `embed.js has ${element} bytes with gzip; at most ${ELEMENT_MAX_GZIP_BYTES} are promised.`,
    )
  }
}

function formatKilobytes({ length }: { readonly length: number }): string {
  return `${(length / 1000).toFixed(1)} KB`
}
