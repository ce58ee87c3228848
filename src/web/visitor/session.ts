import { type Member, memberId } from '../../chat/member.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { type CookieNames, ownCookieNames } from './cookie-names.ts'
import { readCookieValues } from './cookie-values.ts'
import { PreferredNames } from './preferred-names.ts'

const LIFE_SECONDS = 30 * 24 * 3600

/** A session older than this is renewed, so that a returning visitor keeps it. */
const RENEW_SECONDS = 24 * 3600

/** The accepted difference between clocks: those of several servers, or one before and after it was set. */
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
  readonly cookieNames: CookieNames
  readonly preferredNames: PreferredNames
  readonly #verifiedCookies = new Map<string, VerifiedCookie>()
  // The generation of the keys that verified them.
  #verifiedBy = 0

  /** @param secure whether visitors use https */
  constructor(clock: Clock, secrets: Secrets, secure: boolean, cookieNames = ownCookieNames(secure)) {
    this.#clock = clock
    this.#secrets = secrets
    this.secure = secure
    this.cookieNames = cookieNames
    this.preferredNames = new PreferredNames(cookieNames)
  }

  /** @param cookies the Cookie header, RFC 6265 §4.2.1 */
  read(cookies: string | undefined): Session | undefined {
    return this.#verify(cookies)?.session
  }

  /**
   * Opens the session of the cookies, or a new one.
   * @returns `setCookie`: the value of the Set-Cookie header; undefined if none is due
   */
  open(cookies: string | undefined): { session: Session; setCookie: string | undefined } {
    const verified = this.#verify(cookies)
    if (verified && !verified.due) return { session: verified.session, setCookie: undefined }
    const member = verified?.session.member ?? { id: memberId(this.#secrets.token()), tagVersion: 0 }
    return this.#issue(member, verified?.session.since ?? this.#clock.now())
  }

  /** The value of a Set-Cookie header that starts a session for a member who was identified by other means. */
  issueCookie(member: Member): string {
    return this.#issue(member, this.#clock.now()).setCookie
  }

  /** The value of a Set-Cookie header for a member who just left a room: later requests have another tag. */
  cookieAfterLeaving({ member, since }: Session): string {
    return this.#issue({ ...member, tagVersion: member.tagVersion + 1 }, since).setCookie
  }

  /** The value of a Set-Cookie header that ends any session. */
  expiredCookie(): string {
    return `${this.cookieNames.session}=; Path=/; Max-Age=0; ${this.cookieNames.attributes}`
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
      setCookie: `${this.cookieNames.session}=${value}; Path=/; Max-Age=${LIFE_SECONDS}; ${this.cookieNames.attributes}`,
    }
  }

  #verify(cookies = ''): { session: Session; due: boolean } | undefined {
    const now = seconds(this.#clock.now())
    if (this.#verifiedBy !== this.#secrets.generation) {
      this.#verifiedBy = this.#secrets.generation
      this.#verifiedCookies.clear()
    }
    for (const value of readCookieValues(cookies, this.cookieNames.session)) {
      const claim = this.#verifiedCookies.get(value) ?? this.#verifyValue(value)
      if (!claim) continue
      const { session, renewed, signedByNewestKey } = claim
      if (now - renewed >= LIFE_SECONDS || renewed - now > SKEW_SECONDS) continue
      return { session, due: now - renewed > RENEW_SECONDS || !signedByNewestKey }
    }
    return undefined
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

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
