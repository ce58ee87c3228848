import { isLongerThan } from './bounded-text.ts'
import { oversized, Refusal } from './refusal.ts'

declare const slugBrand: unique symbol

/** A room's identity in its URL: lower-case letters, marks and digits of any script and `-`; 1 to 48 code points. */
export type Slug = string & { readonly [slugBrand]: true }

export const SLUG_MAX_CODE_POINTS = 48

/** The most code points that are normalised: folding a name composes marks, and drops punctuation. */
const TYPED_MAX_CODE_POINTS = 8 * SLUG_MAX_CODE_POINTS

/** Matches slugs that need no folding, as in nearly every URL. */
const PLAIN_SLUG = /^[a-z\d]+(?:-[a-z\d]+)*$/

/**
 * Turns the name of a room into its slug: `Team Lunch!` becomes `team-lunch`.
 * Idempotent: a slug is its own slug.
 * @throws Refusal `invalid` if the name has no character for a slug, or too many
 */
export function parseSlug(name: string): Slug {
  if (name.length <= SLUG_MAX_CODE_POINTS && PLAIN_SLUG.test(name)) return name as Slug
  const typed = name.trim()
  if (isLongerThan(typed, TYPED_MAX_CODE_POINTS)) throw oversized('invalid', TOO_LONG)
  const slug = fold(typed)
  if (slug === '') {
    throw new Refusal('invalid', 'A room’s name needs at least one letter or digit.')
  }
  if (isLongerThan(slug, SLUG_MAX_CODE_POINTS)) throw new Refusal('invalid', TOO_LONG)
  return slug as Slug
}

const TOO_LONG = `A room’s name can have ${SLUG_MAX_CODE_POINTS} letters at most.`

/** Whether somebody typed the name of this room, in any case and normal form. */
export function isTypedSlug(room: Slug, typed: string): boolean {
  const name = typed.trim()
  return !isLongerThan(name, TYPED_MAX_CODE_POINTS) && name.normalize('NFKC').trim().toLowerCase() === room
}

function fold(name: string): string {
  // Lower-casing can leave the normal form (İ), and normalising can bring capitals back, so both run twice. The last
  // replacement drops marks beyond four on a letter: no script needs them, and they would paint over the page.
  let folded = name.toWellFormed()
  for (let round = 0; round < 2; round++) folded = folded.normalize('NFKC').toLowerCase()
  return folded
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[^\p{L}\p{M}\p{Nd}]+/gu, '-')
    .replace(/^[-\p{M}]+|-+$/gu, '')
    .normalize('NFKC')
    .replace(/(?<=[\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]+/gu, '')
}
