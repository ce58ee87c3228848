import { lazy } from '../lazy.ts'
import { lookalikesOf } from './lookalikes.ts'

// Signs with which a name would seem to be vouched for, or to belong to somebody special.

const CHECKS = '☑✅✓✔√∛∜؆؇⍻⎷\u{10102}\u{1f5f8}\u{1f5f9}\u{1fbb1}ꪜ🅥🆅'
const SEALS = '֍֎۞☸⚙\u{101f5}💮🏵\u{1f3f6}📛🪪🎖🏅🥇-🥉\u{1fa60}-\u{1fa6d}'
/** Asterisks too, except the one on keyboards: ✱ and ✻ are drawn as stars. */
const STARS =
  '\u0359٭\u20f0⁂⁎⁑⁕∗≛⊛⋆⍟⍣★☆☪⚝⚹⛤-⛧✡-❃❇-❋⧆⩮⭐-⭒\u{2bcc}-\u{2bcf}\u{2be8}-\u{2beb}꙳⟡༶\u{10af0}\u{1202d}-\u{1202f}\u{131fc}-\u{131fe}🌟🌠💫🔯\u{1f7af}-\u{1f7d4}'
const CROWNS = '♔♕♚♛👑\u{1f732}-\u{1f735}\u{1fa00}-\u{1fa53}'
const KEYS = '☥⚷⚿🔏-🔓🗝\u{132f9}'
const SHIELDS = '☖☗⛉⛊⛨\u{101db}🔰🛡'

const BADGE_SIGNS = new RegExp(`[${CHECKS}${SEALS}${STARS}${CROWNS}${KEYS}${SHIELDS}]`, 'u')
const ALL_BADGE_SIGNS = new RegExp(BADGE_SIGNS, 'gu')

/** A letter that looks like a check: v in a circle or shield, and レ where no Japanese stands beside it. */
const ENCLOSED_V = /[vνѵ∨]\p{Mn}*\p{Me}/iu
const LONE_RE = /(?:^| )[レㇾ](?: |$)/u
const OTHER_JAPANESE = /[[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]--[レㇾ]]/v

/** An example of RFC 8266 §3. Alone, it decorates nobody’s name. */
const CHESS_PIECE_ALONE = /^[♔♕♚♛]$/u

/** Whether a name contains a sign that looks like a check, seal, star, crown, key or shield. */
export function hasBadgeSign(name: string): boolean {
  if (CHESS_PIECE_ALONE.test(name)) return false
  return BADGE_SIGNS.test(name) || ENCLOSED_V.test(name) || (LONE_RE.test(name) && !OTHER_JAPANESE.test(name))
}

/** Replaces such signs in a name that an earlier version accepted, so that no text looks like the mark of Snug. */
export function replaceBadgeSigns(name: string): string {
  return BADGE_SIGNS.test(name) ? name.replace(ALL_BADGE_SIGNS, '?') : name
}

const VERIFIED = lazy(() => new Set(lookalikesOf('verified')))

/** The word that single letters spell: `v e r i f i e d`. */
function spelledWord(words: readonly string[]): string {
  return words.filter((word) => [...word].length === 1).join('')
}

/** Whether a name says that it is verified, as screen readers say of a name that is. */
export function claimsVerification(name: string): boolean {
  const words = name.split(/[\s\p{P}\p{S}]+/u)
  return [...words, spelledWord(words)].some(
    // Comparing looks takes longer than everything else about a name. Marks make a lookalike longer.
    (word) => word.length >= 6 && lookalikesOf(word).some((lookalike) => VERIFIED().has(lookalike)),
  )
}
