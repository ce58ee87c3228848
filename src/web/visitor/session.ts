import { type Member, memberId } from '../../chat/member.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { type CookieNames, ownCookieNames } from './cookie-names.ts'
import { readCookieValues } from './cookie-values.ts'

const LIFE_SECONDS = 30 * 24 * 3600

/** After this time a session is renewed, so that those who come back keep it. */
const RENEW_SECONDS = 24 * 3600

/** The clocks of several servers, or of one that was set, may differ by so much. */
const SKEW_SECONDS = 300

/** Cookies known to be genuine, some 300 bytes each: whoever is here shows theirs again and again. */
const VERIFIED_COOKIES_MAX = 10_000

/** `<member>.<era>.<began>.<renewed>.<signature>`: times are seconds since 1970, numbers in base 36. */
const COOKIE_VALUE = /^([\w-]{1,40})\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([\w-]{1,64})$/

/** What a cookie says. */
export interface Session {
  readonly member: Member
  /** Milliseconds since 1970. */
  readonly since: number
  /** When it is over, unless it is renewed before; milliseconds since 1970. */
  readonly until: number
}

/** What a genuine cookie says, at whatever time it is shown. */
interface VerifiedCookie {
  readonly session: Session
  /** Seconds since 1970. */
  readonly renewed: number
  /** Whether the newest key signed it. */
  readonly signedByNewestKey: boolean
}

/** Who a browser or program is, by a signed cookie and nothing on the server. */
export class Sessions {
  readonly #clock: Clock
  readonly #secrets: Secrets
  /** Whether cookies are for https alone. */
  readonly secure: boolean
  readonly cookieNames: CookieNames
  readonly #verifiedCookies = new Map<string, VerifiedCookie>()

  /** @param secure whether people come by https */
  constructor(clock: Clock, secrets: Secrets, secure: boolean, cookieNames = ownCookieNames(secure)) {
    this.#clock = clock
    this.#secrets = secrets
    this.secure = secure
    this.cookieNames = cookieNames
  }

  /** @param cookies the Cookie header, RFC 6265 §4.2.1 */
  read(cookies: string | undefined): Session | undefined {
    return this.#verify(cookies)?.session
  }

  /** The session of the cookies, a new one if need be, and the Set-Cookie header’s value where one is due. */
  open(cookies: string | undefined): { session: Session; setCookie: string | undefined } {
    const known = this.#verify(cookies)
    if (known && !known.due) return { session: known.session, setCookie: undefined }
    const member = known?.session.member ?? { id: memberId(this.#secrets.token()), tagVersion: 0 }
    return this.#issue(member, known?.session.since ?? this.#clock.now())
  }

  /** The value of a Set-Cookie header that begins a session of a member who is known otherwise. */
  issueCookie(member: Member): string {
    return this.#issue(member, this.#clock.now()).setCookie
  }

  /** The session of a member who just left a room: from the next request on it is marked anew. */
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
    // A copy: a slice of the header would keep all of it in memory.
    const own = Buffer.from(value).toString()
    const [, id, tagVersion, began, renewed, signature] = COOKIE_VALUE.exec(own) ?? []
    if (!id || !tagVersion || !began || !renewed || !signature) return undefined
    const parts = [id, tagVersion, began, renewed]
    const signedByNewestKey = this.#secrets.verifyWithNewestKey(signature, 'session', ...parts)
    if (!signedByNewestKey && !this.#secrets.verify(signature, 'session', ...parts)) return undefined
    const at = Number.parseInt(renewed, 36)
    const member = { id: memberId(id), tagVersion: Number.parseInt(tagVersion, 36) }
    const session = { member, since: Number.parseInt(began, 36) * 1000, until: (at + LIFE_SECONDS) * 1000 }
    const claim = { session, renewed: at, signedByNewestKey }
    if (this.#verifiedCookies.size >= VERIFIED_COOKIES_MAX) this.#verifiedCookies.clear()
    this.#verifiedCookies.set(own, claim)
    return claim
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
