import { isLongerThan } from '../bounded-text.ts'
import { oversized, Refusal } from '../refusal.ts'
import { claimsVerification, hasBadgeSign } from './badge-signs.ts'
import { assertNameCharacters } from './name-characters.ts'
import { isReserved } from './reserved-names.ts'

declare const nameBrand: unique symbol

/** The name of a member in a room, in the case that was typed: NFKC, trimmed, single blanks, 1 to 32 code points. */
export type Name = string & { readonly [nameBrand]: true }

export const NAME_MAX_CODE_POINTS = 32

/**
 * The most code points that are normalised. Normalising makes a name shorter: a letter with four marks, or an emoji and
 * its variation selector, can become one code point.
 */
const TYPED_MAX_CODE_POINTS = 8 * NAME_MAX_CODE_POINTS

/**
 * Parses a typed name by the profile of PRECIS in RFC 8266, with Snug’s additions.
 * Idempotent: a name is its own name.
 * @throws Refusal `invalid`, with a sentence about the problem
 */
export function parseName(input: unknown): Name {
  const name = parseStoredName(input)
  if (hasBadgeSign(name))
    throw new Refusal(
      'invalid',
      'A name can’t contain a sign like a check, seal, star, crown, key or shield.',
    )
  if (claimsVerification(name))
    throw new Refusal('invalid', 'A name can’t contain the word “verified”: only Snug says that of a name.')
  return name
}

/**
 * Like `parseName`, and accepts names of messages that were stored before such signs were refused.
 * @throws Refusal `invalid`
 */
export function parseStoredName(input: unknown): Name {
  if (typeof input !== 'string') throw new Refusal('invalid', 'A name needs a field named name.')
  const typed = joinBlanks(input)
  if (isLongerThan(typed, TYPED_MAX_CODE_POINTS))
    throw oversized('invalid', tooLongSentence([...typed].length))
  // Twice: NFKC can bring a blank to the front (of ¨, say). RFC 8266 repeats until nothing changes; twice is enough.
  const name = enforce(enforce(typed)) as Name
  const length = [...name].length
  if (length === 0) throw new Refusal('invalid', 'There is nothing in this name yet.')
  if (length > NAME_MAX_CODE_POINTS) throw new Refusal('invalid', tooLongSentence(length))
  assertNameCharacters(name)
  if (isReserved(name)) {
    throw new Refusal('invalid', `“${name}” is reserved. Please take another name.`)
  }
  return name
}

/**
 * Normalises the beginning of a name as a name is, in lower case, to compare it with beginnings of names.
 * @returns undefined if no name begins like this
 */
export function parseNameBeginning(typed: string): string | undefined {
  if (isLongerThan(typed, TYPED_MAX_CODE_POINTS)) return undefined
  const beginning = joinBlanks(typed).normalize('NFKC').toLowerCase()
  return isLongerThan(beginning, NAME_MAX_CODE_POINTS) ? undefined : beginning
}

function tooLongSentence(length: number): string {
  return `A name can have ${NAME_MAX_CODE_POINTS} characters at most; this one has ${length}.`
}

// NFKC turns some emoji into letters, such as Ⓜ️ and ™️, so the variation selector behind them is removed first.
function enforce(typed: string): string {
  return joinBlanks(typed)
    .replace(/^ | $/g, '')
    .replace(/(.)\ufe0f/gu, (both, emoji: string) => (emoji.normalize('NFKC') === emoji ? both : emoji))
    .normalize('NFKC')
}

// Any White_Space counts as a blank, even a line break: a pasted one does no harm.
function joinBlanks(text: string): string {
  return text.replace(/\p{White_Space}+/gu, ' ')
}
