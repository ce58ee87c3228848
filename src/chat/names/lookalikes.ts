import { once } from '../lazy.ts'
import { Recent } from '../recent-cache.ts'
import { CONFUSABLES } from './confusables.ts'
import { inVisualOrder } from './visual-order.ts'

declare const likenessBrand: unique symbol

/** How a name looks; two names that share one can be taken for each other. */
export type Likeness = string & { readonly [likenessBrand]: true }

/**
 * The ways in which a name looks, most often two: as it was typed, in small letters and in capitals. A name can be
 * taken for another when they share one of them, so whoever holds a name holds all of these.
 *
 * One likeness for each name can’t do. Small `в` is nothing like `b`, but `ВОВ` looks like `BOB`, and case makes no
 * difference between names: to say so with one likeness, `в` and `b` would have to be the same, then by `Ν`, `ν` and `v`
 * also `n` and `v`, and in the end `r`, `t`, `u`, `y` and `z`.
 */
export function likenessesOf(name: string): readonly Likeness[] {
  const known = recent.get(name)
  if (known) return known
  const looks = new Set<string>()
  for (const text of new Set([name, inVisualOrder(name)])) {
    looks.add(inSmallLetters(text))
    looks.add(inSmallLetters(skeletonOf(text)))
    looks.add(inCapitals(text))
  }
  const likenesses = [...looks] as Likeness[]
  // A copy: a slice of what was sent would keep all of that in memory.
  recent.set([...name].join(''), likenesses)
  return likenesses
}

/**
 * Some 300 bytes each. Whoever comes in has a name that is looked at several times on the way. What is remembered can't
 * be told from what is made anew.
 */
const REMEMBERED_MAX = 8_000

const recent = new Recent<readonly Likeness[]>(REMEMBERED_MAX)

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
function inSmallLetters(text: string): string {
  return settled(text, (look) => skeletonOf(look.toLowerCase().replace(/(\p{Soft_Dotted})\u0307/gu, '$1')))
}

// UTS #39 writes I, 1 and | as l, of which the capital is another letter.
function inCapitals(text: string): string {
  return settled(text, (look) => skeletonOf(look.toUpperCase()).replaceAll('l', 'I'))
}

/** Changing the case of what something looks like brings characters that look like others: twice, in Unicode 17. */
const ROUNDS_MAX = 4

function settled(text: string, change: (text: string) => string): string {
  let look = text
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = look
    look = change(before)
    if (look === before) break
  }
  return look
}

const prototypes = once(() => {
  const table = new Map<string, string>()
  for (const entry of CONFUSABLES.trim().split(/;\n?/)) {
    const [prototype = '', ...characters] = entry.split(' ')
    for (const character of characters) table.set(read(character), read(prototype))
  }
  return table
})

function read(codePoints: string): string {
  return String.fromCodePoint(...codePoints.split('+').map((code) => Number.parseInt(code, 16)))
}
