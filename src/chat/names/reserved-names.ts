import { lazy } from '../lazy.ts'
import { lookalikesOf } from './lookalikes.ts'

/** Names that only the server and its staff could have. */
const RESERVED_WORDS = ['admin', 'owner', 'moderator', 'system', 'server', 'snug', 'bot']

// Also in capitals: `ADMlN` looks like `ADMIN`, but not like `admin`.
const reservedLookalikes = lazy(
  () => new Set(RESERVED_WORDS.flatMap((word) => [word, word.toUpperCase()]).flatMap(lookalikesOf)),
)

/**
 * Whether a name seems to belong to the server or its staff. That is a reserved word, a lookalike, or several of them.
 * An article, numbers, signs or emoji around them make no difference (`the admin`, `Admin 1`, `★ snug bot ★`), because
 * they name nobody. `Server Sally` and `Weather Bot` name somebody.
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
  return lookalikesOf(text).some((lookalike) => reservedLookalikes().has(lookalike))
}
