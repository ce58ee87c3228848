import { once } from '../lazy.ts'
import { likenessesOf } from './lookalikes.ts'

/** What the house itself would be called. */
const RESERVED = ['admin', 'owner', 'moderator', 'system', 'server', 'snug', 'bot']

// In capitals too: `ADMlN` looks like these only.
const reservedLikenesses = once(
  () => new Set(RESERVED.flatMap((word) => [word, word.toUpperCase()]).flatMap(likenessesOf)),
)

/**
 * Whether a name reads as if the house spoke: a reserved word or what looks like one; several of them; and that with an
 * article, numbers, signs or emoji around (`the admin`, `Admin 1`, `★ snug bot ★`), since nothing in it names anybody
 * else. `Server Sally` and `Weather Bot` name somebody.
 */
export function isReserved(name: string): boolean {
  if (looksReserved(name)) return true
  const words = name
    .split(/[\s\p{P}\p{S}\p{Default_Ignorable_Code_Point}]+/u)
    .filter((word) => !/^(?:\p{N}*|the)$/iu.test(word))
  if (words.length === 0) return false
  const spelled = words.every((word) => [...word].length === 1)
  return spelled ? looksReserved(words.join('')) : words.every(readsReserved)
}

function readsReserved(word: string): boolean {
  return [word, word.replace(/\p{N}+$/u, ''), word.replace(/^\p{N}+/u, '')].some(looksReserved)
}

function looksReserved(text: string): boolean {
  return likenessesOf(text).some((likeness) => reservedLikenesses().has(likeness))
}
