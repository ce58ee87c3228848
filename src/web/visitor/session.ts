import { type Member, memberId } from '../../chat/member.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { type CookieJar, ownJar } from './cookie-names.ts'
import { cookieValues } from './cookie-values.ts'

const LIFE_SECONDS = 30 * 24 * 3600

/** After this time a session is renewed, so that those who come back keep it. */
const RENEW_SECONDS = 24 * 3600

/** The clocks of several servers, or of one that was set, may differ by so much. */
const SKEW_SECONDS = 300

/** Cookies known to be genuine, some 300 bytes each: whoever is here shows theirs again and again. */
const PROVEN_MAX = 10_000

/** `<member>.<era>.<began>.<renewed>.<signature>`: times are seconds since 1970, numbers in base 36. */
const VALUE = /^([\w-]{1,40})\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([\w-]{1,64})$/

/** What a cookie says. */
export interface Session {
  readonly member: Member
  /** Milliseconds since 1970. */
  readonly since: number
  /** When it is over, unless it is renewed before; milliseconds since 1970. */
  readonly until: number
}

/** What a genuine cookie says, at whatever time it is shown. */
interface Claim {
  readonly session: Session
  /** Seconds since 1970. */
  readonly renewed: number
  /** Whether the newest key signed it. */
  readonly newest: boolean
}

/** Who a browser or program is, by a signed cookie and nothing on the server. */
export class Sessions {
  readonly #clock: Clock
  readonly #secrets: Secrets
  /** Whether cookies are for https alone. */
  readonly secure: boolean
  readonly jar: CookieJar
  readonly #proven = new Map<string, Claim>()

  /** @param secure whether people come by https */
  constructor(clock: Clock, secrets: Secrets, secure: boolean, jar = ownJar(secure)) {
    this.#clock = clock
    this.#secrets = secrets
    this.secure = secure
    this.jar = jar
  }

  /** @param cookies the Cookie header, RFC 6265 §4.2.1 */
  read(cookies: string | undefined): Session | undefined {
    return this.#verify(cookies)?.session
  }

  /** The session of the cookies, a new one if need be, and the Set-Cookie header’s value where one is due. */
  open(cookies: string | undefined): { session: Session; setCookie: string | undefined } {
    const known = this.#verify(cookies)
    if (known && !known.due) return { session: known.session, setCookie: undefined }
    const member = known?.session.member ?? { id: memberId(this.#secrets.token()), era: 0 }
    return this.#issue(member, known?.session.since ?? this.#clock.now())
  }

  /** The value of a Set-Cookie header that begins a session of a member who is known otherwise. */
  begin(member: Member): string {
    return this.#issue(member, this.#clock.now()).setCookie
  }

  /** The session of a member who just left a room: from the next request on it is marked anew. */
  afterLeaving({ member, since }: Session): string {
    return this.#issue({ ...member, era: member.era + 1 }, since).setCookie
  }

  /** The value of a Set-Cookie header that ends any session. */
  ending(): string {
    return `${this.jar.session}=; Path=/; Max-Age=0; ${this.jar.attributes}`
  }

  #issue(member: Member, since: number): { session: Session; setCookie: string } {
    const renewed = seconds(this.#clock.now())
    const parts = [member.id, ...[member.era, seconds(since), renewed].map((number) => number.toString(36))]
    const value = [...parts, this.#secrets.sign('session', ...parts)].join('.')
    return {
      session: { member, since: seconds(since) * 1000, until: (renewed + LIFE_SECONDS) * 1000 },
      setCookie: `${this.jar.session}=${value}; Path=/; Max-Age=${LIFE_SECONDS}; ${this.jar.attributes}`,
    }
  }

  #verify(cookies = ''): { session: Session; due: boolean } | undefined {
    const now = seconds(this.#clock.now())
    for (const value of cookieValues(cookies, this.jar.session)) {
      const claim = this.#proven.get(value) ?? this.#prove(value)
      if (!claim) continue
      const { session, renewed, newest } = claim
      if (now - renewed >= LIFE_SECONDS || renewed - now > SKEW_SECONDS) continue
      return { session, due: now - renewed > RENEW_SECONDS || !newest }
    }
    return undefined
  }

  #prove(value: string): Claim | undefined {
    // A copy: a slice of the header would keep all of it in memory.
    const own = Buffer.from(value).toString()
    const [, id, era, began, renewed, signature] = VALUE.exec(own) ?? []
    if (!id || !era || !began || !renewed || !signature) return undefined
    const parts = [id, era, began, renewed]
    const newest = this.#secrets.signedNow(signature, 'session', ...parts)
    if (!newest && !this.#secrets.proves(signature, 'session', ...parts)) return undefined
    const at = Number.parseInt(renewed, 36)
    const member = { id: memberId(id), era: Number.parseInt(era, 36) }
    const session = { member, since: Number.parseInt(began, 36) * 1000, until: (at + LIFE_SECONDS) * 1000 }
    const claim = { session, renewed: at, newest }
    if (this.#proven.size >= PROVEN_MAX) this.#proven.clear()
    this.#proven.set(own, claim)
    return claim
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
