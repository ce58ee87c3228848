import type { Member } from '../../chat/member.ts'
import { type Name, parseName } from '../../chat/names/name.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { RecentCache } from '../../chat/recent-cache.ts'
import { Refusal } from '../../chat/refusal.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import { type CookieNames, namesOfKeys } from './cookie-names.ts'
import { readCookieValues } from './cookie-values.ts'

const LIFE_SECONDS = 30 * 24 * 3600

/** The most rooms in the cookie, and the most characters of its value. Browsers keep 4,096 bytes (RFC 6265 §6.1). */
const ROOMS_MAX = 12
const VALUE_MAX = 3_800
/** The value of a cookie without names. */
const NO_NAMES = '~'

/** Programs keep longer cookies than browsers, and earlier versions set some. */
const VALUE_READ_MAX = 12_000

/** The most parsed cookies in the cache, each up to some 2 KiB: checking the names takes longer than making a page. */
const PARSED_COOKIES_MAX = 1_000

/**
 * The names that browsers took before, by room, in a cookie of their own. They are not signed: anybody may prefer any
 * name.
 */
export class PreferredNames {
  readonly #cookieNames: CookieNames
  readonly #secrets: Pick<Secrets, 'keyIds'>
  readonly #parsed = new RecentCache<ReadonlyMap<Slug, Name>>(PARSED_COOKIES_MAX)

  constructor(cookieNames: CookieNames, secrets: Pick<Secrets, 'keyIds'>) {
    this.#cookieNames = cookieNames
    this.#secrets = secrets
  }

  /** @param cookies the Cookie header, RFC 6265 §4.2.1 */
  read(cookies: string | undefined): ReadonlyMap<Slug, Name> | undefined {
    const value = this.#readValue(cookies)
    if (!value || value.length > VALUE_READ_MAX) return undefined
    const cached = this.#parsed.get(value)
    if (cached) return cached
    // A copy: a slice would keep the whole header in memory.
    const copy = Buffer.from(value).toString()
    const namesByRoom = parse(copy)
    this.#parsed.set(copy, namesByRoom)
    return namesByRoom
  }

  /** The values of Set-Cookie headers that copy the names of an earlier key or version to the newest. */
  copyToNewest(cookies: string | undefined): string[] {
    const value = this.#readValue(cookies)
    const [newest = ''] = namesOfKeys(this.#cookieNames.names, this.#secrets.keyIds)
    if (!value || value.length > VALUE_MAX || readCookieValues(cookies, newest).length > 0) return []
    return [this.#format(value, LIFE_SECONDS)]
  }

  /** Adds the names that the browser prefers to the member. */
  addTo(member: Member, cookies: string | undefined): Member {
    const preferredNames = this.read(cookies)
    return preferredNames ? { ...member, preferredNames } : member
  }

  /**
   * The value of a Set-Cookie header that remembers the member's name in a room.
   * @param name undefined forgets it
   */
  setCookie(member: Member, room: Slug, name: Name | undefined): string {
    const others = [...(member.preferredNames ?? [])].filter(([other]) => other !== room)
    const entries = name === undefined ? others : [[room, name] as const, ...others].slice(0, ROOMS_MAX)
    const pairs = entries.map(([slug, preferred]) => new URLSearchParams([[slug, preferred]]).toString())
    while (pairs.join('~').length > VALUE_MAX) pairs.pop()
    // Never without a value: the cookie of an earlier key or version would count again.
    return this.#format(pairs.join('~') || NO_NAMES, LIFE_SECONDS)
  }

  // Programs and earlier versions send the name without a key.
  #readValue(cookies: string | undefined): string | undefined {
    const { names } = this.#cookieNames
    for (const name of [...namesOfKeys(names, this.#secrets.keyIds), names]) {
      const [value] = readCookieValues(cookies, name)
      if (value) return value
    }
    return undefined
  }

  #format(value: string, seconds: number): string {
    const { names, attributes } = this.#cookieNames
    const [newest] = namesOfKeys(names, this.#secrets.keyIds)
    return `${newest}=${value}; Path=/; Max-Age=${seconds}; ${attributes}`
  }
}

function parse(value: string): ReadonlyMap<Slug, Name> {
  const namesByRoom = new Map<Slug, Name>()
  for (const [room, name] of [...new URLSearchParams(value.replaceAll('~', '&'))].slice(0, ROOMS_MAX)) {
    try {
      namesByRoom.set(parseSlug(room), parseName(name))
    } catch (error) {
      // The cookie is not signed and may contain anything: an invalid entry is skipped.
      if (!(error instanceof Refusal)) throw error
    }
  }
  return namesByRoom
}
