/** The blocks that Unicode reserves for scripts that run from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Bidirectional types (UAX #9 §3.2), one letter each. The first pattern that matches decides. */
const BIDI_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^[0-9\u06f0-\u06f9]/, 'E'], // European number
  [/^[\u0660-\u0669]/, 'N'], // Arabic number
  [/^[-+\u2212]/, 'S'], // a sign in numbers
  [/^[.,:/\u060c]/, 'C'], // a separator in numbers
  [/^[#%°±\u066a\p{Sc}]/u, 'T'], // a terminator of numbers
  [/^[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u, 'A'], // a letter after which numbers are Arabic
  [new RegExp(`^${RIGHT_TO_LEFT.source}`, 'u'), 'R'],
  [/^[\p{L}\p{Nd}\p{Nl}]/u, 'L'],
  [/^/, 'O'],
]

/**
 * The characters of a text from left to right, as displayed in an element that takes its direction from the first
 * letter, such as `<bdi>`: `אב Ada` and `Ada אב` look the same.
 *
 * This is the bidirectional algorithm (UAX #9) for a line without control characters, which names can’t have. Paired
 * brackets and the mirroring of signs are left out.
 */
export function toVisualOrder(text: string): string {
  if (!RIGHT_TO_LEFT.test(text)) return text
  const clusters = text.match(/\P{M}\p{M}*/gu) ?? []
  const types = clusters.map((cluster) => BIDI_TYPES.find(([type]) => type.test(cluster))?.[1]).join('')
  const base = /^[^LRA]*[RA]/.test(types) ? 'R' : 'L'
  const levels = [...resolveBidiTypes(types, base)].map((type) => levelOf(type, base))
  let order = clusters.map((cluster, index) => ({ cluster, level: levels[index] ?? 0 }))
  for (const level of [2, 1]) order = reverseRuns(order, level)
  return order.map(({ cluster }) => cluster).join('')
}

/** Rules W2 to N2: the direction of each character. */
function resolveBidiTypes(types: string, base: string): string {
  const same = (letter: string) => (run: string) => letter.repeat(run.length)
  return `${base}${types}${base}`
    .replace(/(?<=A[^LRA]*)E/g, 'N')
    .replaceAll('A', 'R')
    .replace(/(?<=E)[SC](?=E)/g, 'E')
    .replace(/(?<=N)C(?=N)/g, 'N')
    .replace(/(?<=E)T+|T+(?=E)/g, same('E'))
    .replace(/[SCT]/g, 'O')
    .replace(/(?<=L[^LR]*)E/g, 'L')
    .replace(/(?<=L)O+(?=L)/g, same('L'))
    .replace(/(?<=[REN])O+(?=[REN])/g, same('R'))
    .replaceAll('O', base)
    .slice(1, -1)
}

function levelOf(type: string, base: string): number {
  if (type === 'R') return 1
  return type === base ? 0 : 2
}

/** Rule L2: reverses each run of this level or higher. */
function reverseRuns<Item extends { readonly level: number }>(items: Item[], level: number): Item[] {
  const reversed: Item[] = []
  let run: Item[] = []
  for (const item of items) {
    if (item.level >= level) {
      run.unshift(item)
    } else {
      reversed.push(...run, item)
      run = []
    }
  }
  return [...reversed, ...run]
}
