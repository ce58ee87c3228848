import { type Member, memberId } from '../chat/member.ts'
import type { Clock, Secrets } from '../chat/ports.ts'

const LIFE_SECONDS = 30 * 24 * 3600

/** After this time a session is renewed, so that those who come back keep it. */
const RENEW_SECONDS = 24 * 3600

/** Who a browser or program is, by a signed cookie and nothing on the server. */
export class Sessions {
  readonly #clock: Clock
  readonly #secrets: Secrets
  /** Whether cookies are for https alone. */
  readonly secure: boolean
  readonly #cookie: string

  /** @param secure whether people come by https */
  constructor(clock: Clock, secrets: Secrets, secure: boolean) {
    this.#clock = clock
    this.#secrets = secrets
    this.secure = secure
    this.#cookie = secure ? '__Host-snug' : 'snug'
  }

  /** @param cookies the Cookie header, RFC 6265 §4.2.1 */
  read(cookies: string | undefined): Member | undefined {
    return this.#verify(cookies)?.member
  }

  /** The member behind the cookies, a new one if need be, and the Set-Cookie header's value where one is due. */
  open(cookies: string | undefined): { member: Member; setCookie: string | undefined } {
    const known = this.#verify(cookies)
    const member = known?.member ?? { id: memberId(this.#secrets.token()) }
    const due = !known || this.#now() - known.since > RENEW_SECONDS
    return { member, setCookie: due ? this.#issue(member) : undefined }
  }

  #issue({ id }: Member): string {
    const since = this.#now().toString(36)
    const value = `${id}.${since}.${this.#secrets.digest('session', id, since)}`
    return `${this.#cookie}=${value}; Path=/; Max-Age=${LIFE_SECONDS}; HttpOnly; SameSite=Lax${this.secure ? '; Secure' : ''}`
  }

  #verify(cookies = ''): { member: Member; since: number } | undefined {
    for (const pair of cookies.split(';')) {
      const [name, value] = pair.trim().split('=')
      if (name !== this.#cookie || !value) continue
      const [id = '', since = '', signature = ''] = value.split('.')
      if (!this.#secrets.proves(signature, 'session', id, since)) continue
      const seconds = Number.parseInt(since, 36)
      if (this.#now() - seconds < LIFE_SECONDS) return { member: { id: memberId(id) }, since: seconds }
    }
    return undefined
  }

  #now(): number {
    return Math.floor(this.#clock.now() / 1000)
  }
}
