import { lazy } from '../lazy.ts'
import { RecentCache } from '../recent-cache.ts'
import { CONFUSABLES } from './confusables.ts'
import { toVisualOrder } from './visual-order.ts'

declare const lookalikeBrand: unique symbol

/** How a name looks; two names that share one can be taken for each other. */
export type Lookalike = string & { readonly [lookalikeBrand]: true }

/**
 * The ways in which a name looks, most often two: as it was typed, in small letters and in capitals. A name can be
 * taken for another when they share one of them, so whoever holds a name holds all of these.
 *
 * One likeness for each name can’t do. Small `в` is nothing like `b`, but `ВОВ` looks like `BOB`, and case makes no
 * difference between names: to say so with one likeness, `в` and `b` would have to be the same, then by `Ν`, `ν` and `v`
 * also `n` and `v`, and in the end `r`, `t`, `u`, `y` and `z`.
 */
export function lookalikesOf(name: string): readonly Lookalike[] {
  const known = lookalikeCache.get(name)
  if (known) return known
  const looks = new Set<string>()
  for (const text of new Set([name, toVisualOrder(name)])) {
    looks.add(lowerCaseSkeleton(text))
    looks.add(lowerCaseSkeleton(skeletonOf(text)))
    looks.add(upperCaseSkeleton(text))
  }
  const likenesses = [...looks] as Lookalike[]
  // A copy: a slice of what was sent would keep all of that in memory.
  lookalikeCache.set([...name].join(''), likenesses)
  return likenesses
}

/**
 * Some 300 bytes each. Whoever comes in has a name that is looked at several times on the way. What is remembered can't
 * be told from what is made anew.
 */
const CACHED_NAMES_MAX = 8_000

const lookalikeCache = new RecentCache<readonly Lookalike[]>(CACHED_NAMES_MAX)

/**
 * UTS #39 §4: texts with the same skeleton look the same, in this case and this order of characters.
 */
export function skeletonOf(text: string): string {
  const table = prototypes()
  let skeleton = ''
  for (const character of text.normalize('NFD').replace(/\p{Default_Ignorable_Code_Point}/gu, '')) {
    skeleton += table.get(character) ?? character
  }
  return skeleton.normalize('NFD')
}

// The dot that Turkish İ leaves over a small i can’t be seen beside its own.
function lowerCaseSkeleton(text: string): string {
  return repeatUntilStable(text, (look) =>
    skeletonOf(look.toLowerCase().replace(/(\p{Soft_Dotted})\u0307/gu, '$1')),
  )
}

// UTS #39 writes I, 1 and | as l, of which the capital is another letter.
function upperCaseSkeleton(text: string): string {
  return repeatUntilStable(text, (look) => skeletonOf(look.toUpperCase()).replaceAll('l', 'I'))
}

/** Changing the case of what something looks like brings characters that look like others: twice, in Unicode 17. */
const ROUNDS_MAX = 4

function repeatUntilStable(text: string, change: (text: string) => string): string {
  let look = text
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = look
    look = change(before)
    if (look === before) break
  }
  return look
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
