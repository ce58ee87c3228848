import { type Member, memberId } from '../../chat/member.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { isInTime } from './clock-ahead.ts'
import { type CookieNames, namesOfKeys, ownCookieNames } from './cookie-names.ts'
import { readCookieValues } from './cookie-values.ts'
import { expireForeignCookies } from './foreign-cookies.ts'
import { PreferredNames } from './preferred-names.ts'

const LIFE_SECONDS = 30 * 24 * 3600

/** A session older than this is renewed, so that a returning visitor keeps it. */
const RENEW_SECONDS = 24 * 3600

/** A cookie from farther in the future is issued again. Clocks of several servers may differ by less. */
const SKEW_SECONDS = 300

/** The most verified cookies that are cached, some 300 bytes each: a browser sends its cookie with every request. */
const VERIFIED_COOKIES_MAX = 10_000

/** `<member>.<tagVersion>.<began>.<renewed>.<signature>`: times are seconds since 1970, all numbers are in base 36. */
const COOKIE_VALUE = /^([\w-]{1,40})\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([\w-]{1,64})$/

/** The content of a session cookie. */
export interface Session {
  readonly member: Member
  /** When the session began, in milliseconds since 1970. */
  readonly since: number
  /** When the session expires unless it is renewed, in milliseconds since 1970. */
  readonly until: number
}

/** The content of a cookie with a valid signature. It may have expired. */
interface VerifiedCookie {
  readonly session: Session
  /** When the cookie was issued, in seconds since 1970. */
  readonly renewed: number
  readonly signedByNewestKey: boolean
}

/** Identifies browsers and programs by a signed cookie. The server stores no sessions. */
export class Sessions {
  readonly #clock: Clock
  readonly #secrets: Secrets
  /** Whether cookies are sent only over https. */
  readonly secure: boolean
  readonly #cookieNames: CookieNames
  readonly preferredNames: PreferredNames
  readonly #verifiedCookies = new Map<string, VerifiedCookie>()
  // The generation of the keys that verified them.
  #verifiedBy = 0

  /** @param secure whether visitors use https */
  constructor(clock: Clock, secrets: Secrets, secure: boolean, cookieNames = ownCookieNames(secure)) {
    this.#clock = clock
    this.#secrets = secrets
    this.secure = secure
    this.#cookieNames = cookieNames
    this.preferredNames = new PreferredNames(cookieNames, secrets)
  }

  /** @param cookies the Cookie header, RFC 6265 §4.2.1 */
  read(cookies: string | undefined): Session | undefined {
    return this.#verify(cookies)?.session
  }

  /**
   * Opens the session of the cookies, or a new one.
   * @returns `setCookies`: the values of the Set-Cookie headers that are due
   */
  open(cookies: string | undefined): { session: Session; setCookies: readonly string[] } {
    const verified = this.#verify(cookies)
    if (verified && !verified.due) return { session: verified.session, setCookies: [] }
    const member = verified?.session.member ?? { id: memberId(this.#secrets.token()), tagVersion: 0 }
    const now = this.#clock.now()
    const { session, setCookie } = this.#issue(member, Math.min(verified?.session.since ?? now, now))
    const names = verified ? this.preferredNames.copyToNewest(cookies) : []
    return {
      session,
      setCookies: [setCookie, ...names, ...expireForeignCookies(cookies, this.#secrets.keyIds)],
    }
  }

  /** The name of the cookie that this server issues. */
  get cookieName(): string {
    return namesOfKeys(this.#cookieNames.session, this.#secrets.keyIds)[0] ?? ''
  }

  /** The value of a Set-Cookie header that starts a session for a member who was identified by other means. */
  issueCookie(member: Member): string {
    return this.#issue(member, this.#clock.now()).setCookie
  }

  /** The value of a Set-Cookie header for a member who just left a room: later requests have another tag. */
  cookieAfterLeaving({ member, since }: Session): string {
    return this.#issue({ ...member, tagVersion: member.tagVersion + 1 }, since).setCookie
  }

  /**
   * The values of Set-Cookie headers that end any session with this server and forget its names. Another server on the
   * same host keeps its own.
   */
  expiredCookies(cookies: string | undefined): string[] {
    const { session, names, attributes } = this.#cookieNames
    const { keyIds } = this.#secrets
    const all = [session, names].flatMap((name) => namesOfKeys(name, keyIds))
    const keyless = readCookieValues(cookies, session)
    // A cookie of an earlier version has no key in its name, and may be another server's.
    if (keyless.every((value) => this.#verifiedValue(value)))
      all.push(...[session, names].filter((name) => readCookieValues(cookies, name).length > 0))
    return all.map((name) => `${name}=; Path=/; Max-Age=0; ${attributes}`)
  }

  #issue(member: Member, since: number): { session: Session; setCookie: string } {
    const renewed = seconds(this.#clock.now())
    const parts = [
      member.id,
      ...[member.tagVersion, seconds(since), renewed].map((number) => number.toString(36)),
    ]
    const value = [...parts, this.#secrets.sign('session', ...parts)].join('.')
    return {
      session: { member, since: seconds(since) * 1000, until: (renewed + LIFE_SECONDS) * 1000 },
      setCookie: `${this.cookieName}=${value}; Path=/; Max-Age=${LIFE_SECONDS}; ${this.#cookieNames.attributes}`,
    }
  }

  #verify(cookies = ''): { session: Session; due: boolean } | undefined {
    const now = seconds(this.#clock.now())
    if (this.#verifiedBy !== this.#secrets.generation) {
      this.#verifiedBy = this.#secrets.generation
      this.#verifiedCookies.clear()
    }
    let found: VerifiedCookie | undefined
    for (const name of namesOfKeys(this.#cookieNames.session, this.#secrets.keyIds)) {
      const candidate = this.#firstValid(cookies, name, now)
      // During a rotation, processes may sign with different keys.
      if (candidate && (!found || isNewer(candidate, found))) found = candidate
    }
    // Earlier versions had no key in the name. Another server may have replaced such a cookie.
    const cookie = found ?? this.#firstValid(cookies, this.#cookieNames.session, now)
    if (!cookie) return undefined
    const { session, renewed, signedByNewestKey } = cookie
    const isInRange = now - renewed <= RENEW_SECONDS && renewed - now <= SKEW_SECONDS
    return { session, due: !isInRange || !signedByNewestKey || !found }
  }

  #firstValid(cookies: string, name: string, now: number): VerifiedCookie | undefined {
    for (const value of readCookieValues(cookies, name)) {
      const cookie = this.#verifiedValue(value)
      if (cookie && isInTime(cookie.renewed * 1000, now * 1000, LIFE_SECONDS * 1000)) return cookie
    }
    return undefined
  }

  #verifiedValue(value: string): VerifiedCookie | undefined {
    return this.#verifiedCookies.get(value) ?? this.#verifyValue(value)
  }

  #verifyValue(value: string): VerifiedCookie | undefined {
    // A copy: a slice would keep the whole header in memory.
    const copy = Buffer.from(value).toString()
    const [, id, tagVersion, began, renewed, signature] = COOKIE_VALUE.exec(copy) ?? []
    if (!id || !tagVersion || !began || !renewed || !signature) return undefined
    const parts = [id, tagVersion, began, renewed]
    const signedByNewestKey = this.#secrets.verifyWithNewestKey(signature, 'session', ...parts)
    if (!signedByNewestKey && !this.#secrets.verify(signature, 'session', ...parts)) return undefined
    const at = Number.parseInt(renewed, 36)
    const member = { id: memberId(id), tagVersion: Number.parseInt(tagVersion, 36) }
    const session = { member, since: Number.parseInt(began, 36) * 1000, until: (at + LIFE_SECONDS) * 1000 }
    const claim = { session, renewed: at, signedByNewestKey }
    if (this.#verifiedCookies.size >= VERIFIED_COOKIES_MAX) this.#verifiedCookies.clear()
    this.#verifiedCookies.set(copy, claim)
    return claim
  }
}

function isNewer(one: VerifiedCookie, two: VerifiedCookie): boolean {
  const [member, other] = [one.session.member, two.session.member]
  if (member.id === other.id && member.tagVersion !== other.tagVersion)
    return member.tagVersion > other.tagVersion
  return one.renewed > two.renewed
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
