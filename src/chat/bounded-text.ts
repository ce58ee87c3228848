/**
 * Whether a text has more code points than this. Reads no more of the text than that, so it costs the same however long
 * the text is.
 *
 * Ask before a text is normalised: sorting thousands of combining marks takes seconds, because its cost grows with
 * their
 * square (UAX #15 §1.3).
 */
export function isLongerThan(text: string, codePoints: number): boolean {
  if (text.length <= codePoints) return false
  let count = 0
  for (const _ of text) if (++count > codePoints) return true
  return false
}

/** The longest address that is parsed, in UTF-16 code units. Parsing normalises the host (UTS #46 §4). */
const URL_MAX = 2048

/** @returns undefined for a text that is too long for an address or can’t be one */
export function parseUrl(text: string): URL | undefined {
  return text.length > URL_MAX ? undefined : (URL.parse(text) ?? undefined)
}
