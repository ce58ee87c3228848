import { lazy } from '../lazy.ts'
import { lookalikesOf } from './lookalikes.ts'

/** What the house itself would be called. */
const RESERVED_WORDS = ['admin', 'owner', 'moderator', 'system', 'server', 'snug', 'bot']

// In capitals too: `ADMlN` looks like these only.
const reservedLookalikes = lazy(
  () => new Set(RESERVED_WORDS.flatMap((word) => [word, word.toUpperCase()]).flatMap(lookalikesOf)),
)

/**
 * Whether a name reads as if the house spoke: a reserved word or what looks like one; several of them; and that with an
 * article, numbers, signs or emoji around (`the admin`, `Admin 1`, `★ snug bot ★`), since nothing in it names anybody
 * else. `Server Sally` and `Weather Bot` name somebody.
 */
export function isReserved(name: string): boolean {
  if (looksLikeReserved(name)) return true
  const words = name
    .split(/[\s\p{P}\p{S}\p{Default_Ignorable_Code_Point}]+/u)
    .filter((word) => !/^(?:\p{N}*|the)$/iu.test(word))
  if (words.length === 0) return false
  const spelled = words.every((word) => [...word].length === 1)
  return spelled ? looksLikeReserved(words.join('')) : words.every(isReservedWord)
}

function isReservedWord(word: string): boolean {
  return [word, word.replace(/\p{N}+$/u, ''), word.replace(/^\p{N}+/u, '')].some(looksLikeReserved)
}

function looksLikeReserved(text: string): boolean {
  return lookalikesOf(text).some((likeness) => reservedLookalikes().has(likeness))
}
