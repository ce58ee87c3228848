import type { HttpBindings } from '@hono/node-server'
import type { Address } from '../chat/address.ts'
import type { Member } from '../chat/member.ts'
import type { Session } from './session.ts'

/** What a page says that gives back what was typed. */
export interface Refused {
  readonly sentence: string
  /** What would be taken instead. */
  readonly offers: readonly string[]
  /** The same may be sent again as it is; and for all that is known it was taken before. */
  readonly again: boolean
}

/** What handlers find in Hono's context. */
export interface Env {
  Bindings: HttpBindings
  Variables: {
    member: Member
    address: Address
    /** The page that gives back what was typed, and says why; set before what may refuse. */
    giveBack?: (refused: Refused) => string | Promise<string | undefined>
    /** Undefined for a program, which has no cookie. */
    session: Session | undefined
    /** The value of the Set-Cookie header that the answer brings, where one is due. */
    sessionCookie: string | undefined
  }
}
