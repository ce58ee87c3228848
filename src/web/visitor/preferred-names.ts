import type { Member } from '../../chat/member.ts'
import { type Name, parseName } from '../../chat/names/name.ts'
import { Refusal } from '../../chat/refusal.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import type { CookieNames } from './cookie-names.ts'
import { readCookieValues } from './cookie-values.ts'

const LIFE_SECONDS = 30 * 24 * 3600

/** Rooms whose names a browser keeps: with the longest names the cookie stays below what browsers and proxies take. */
const ROOMS_MAX = 12

/**
 * The names that a browser took before, by room; not signed, for everybody may wish for anything.
 * @param cookies the Cookie header, RFC 6265 §4.2.1
 */
export function readPreferredNames(
  cookies: string | undefined,
  { names }: CookieNames,
): ReadonlyMap<Slug, Name> | undefined {
  const [value] = readCookieValues(cookies, names)
  if (!value) return undefined
  const wishes = new Map<Slug, Name>()
  for (const [room, name] of [...new URLSearchParams(value.replaceAll('~', '&'))].slice(0, ROOMS_MAX)) {
    try {
      wishes.set(parseSlug(room), parseName(name))
    } catch (error) {
      // Whoever wrote it: it is no wish.
      if (!(error instanceof Refusal)) throw error
    }
  }
  return wishes
}

/** The member, with what the browser wishes to be called. */
export function withPreferredNames(member: Member, cookies: string | undefined, jar: CookieNames): Member {
  const preferredNames = readPreferredNames(cookies, jar)
  return preferredNames ? { ...member, preferredNames } : member
}

/** The Set-Cookie header's value that keeps one more name, or forgets it. */
export function preferredNamesCookie(
  member: Member,
  room: Slug,
  name: Name | undefined,
  jar: CookieNames,
): string {
  const others = [...(member.preferredNames ?? [])].filter(([other]) => other !== room)
  const wishes = name === undefined ? others : [[room, name] as const, ...others].slice(0, ROOMS_MAX)
  const value = new URLSearchParams(wishes.map(([slug, wish]) => [slug, wish]))
    .toString()
    .replaceAll('&', '~')
  return wishes.length === 0 ? expiredPreferredNamesCookie(jar) : setCookie(value, LIFE_SECONDS, jar)
}

/** The Set-Cookie header's value that forgets all names. */
export function expiredPreferredNamesCookie(jar: CookieNames): string {
  return setCookie('', 0, jar)
}

function setCookie(value: string, seconds: number, { names, attributes }: CookieNames): string {
  return `${names}=${value}; Path=/; Max-Age=${seconds}; ${attributes}`
}
