import { lazy } from '../lazy.ts'
import { CONFUSABLES } from './confusables.ts'
import { toVisualOrder } from './visual-order.ts'

declare const lookalikeBrand: unique symbol

/** One look of a name. Names that share one can be mistaken for each other. */
export type Lookalike = string & { readonly [lookalikeBrand]: true }

/**
 * All looks of a name, most often two: as typed, in lower case and in upper case. Two names can be mistaken for each
 * other if they share one, so the holder of a name holds all of them.
 *
 * One look per name is not enough. Lower-case `в` does not look like `b`, but `ВОВ` looks like `BOB`, and names ignore
 * case. With only one look, `в` and `b` would have to be equal, then through `Ν`, `ν` and `v` also `n` and `v`, and in
 * the end `r`, `t`, `u`, `y` and `z`.
 */
export function lookalikesOf(name: string): readonly Lookalike[] {
  const skeletons = new Set<string>()
  for (const text of new Set([name, toVisualOrder(name), enlargeSmallCapitals(name)])) {
    skeletons.add(lowerCaseSkeleton(text))
    skeletons.add(lowerCaseSkeleton(skeletonOf(text)))
    skeletons.add(upperCaseSkeleton(text))
  }
  return [...skeletons] as Lookalike[]
}

/** Small capitals, which UTS #39 lacks or takes for other letters, and the capitals that they look like. */
const SMALL_CAPITALS = new Map(
  [...'ᴀAʙBᴄCᴅDᴇEꜰFɢGʜHɪIᴊJᴋKʟLᴍMɴNᴏOᴘPꞯQʀRꜱSᴛTᴜUᴠVᴡWʏYᴢZ'.matchAll(/(.)(.)/gu)].map(
    ([, small = '', capital = '']) => [small, capital],
  ),
)
const ANY_SMALL_CAPITAL = new RegExp(`[${[...SMALL_CAPITALS.keys()].join('')}]`, 'gu')

function enlargeSmallCapitals(text: string): string {
  return text.replace(ANY_SMALL_CAPITAL, (small) => SMALL_CAPITALS.get(small) ?? small)
}

/** The skeleton of UTS #39 §4. Texts with the same skeleton look the same in their case and order of characters. */
export function skeletonOf(text: string): string {
  const table = prototypes()
  let skeleton = ''
  for (const character of text.normalize('NFD').replace(/\p{Default_Ignorable_Code_Point}/gu, '')) {
    skeleton += table.get(character) ?? character
  }
  return skeleton.normalize('NFD')
}

// Lower-casing Turkish İ leaves a dot (U+0307) over the i, which can’t be seen beside the i’s own.
function lowerCaseSkeleton(text: string): string {
  return repeatUntilStable(text, (form) =>
    skeletonOf(form.toLowerCase().replace(/(\p{Soft_Dotted})\u0307/gu, '$1')),
  )
}

// UTS #39 maps I, 1 and | to l, but upper-casing l gives another letter.
function upperCaseSkeleton(text: string): string {
  return repeatUntilStable(text, (form) => skeletonOf(form.toUpperCase()).replaceAll('l', 'I'))
}

/** Changing the case of a skeleton can bring characters that look like others again: at most twice in Unicode 17. */
const ROUNDS_MAX = 4

function repeatUntilStable(text: string, change: (text: string) => string): string {
  let form = text
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const previous = form
    form = change(previous)
    if (form === previous) break
  }
  return form
}

const prototypes = lazy(() => {
  const table = new Map<string, string>()
  for (const entry of CONFUSABLES.trim().split(/;\n?/)) {
    const [prototype = '', ...characters] = entry.split(' ')
    for (const character of characters) table.set(parseCodePoints(character), parseCodePoints(prototype))
  }
  return table
})

function parseCodePoints(codePoints: string): string {
  return String.fromCodePoint(...codePoints.split('+').map((code) => Number.parseInt(code, 16)))
}
