import type { IncomingMessage } from 'node:http'
import type { Appearance } from '../../views/appearance.tsx'
import type { RoomUrl } from '../../views/room-path.ts'
import type { Address } from '../chat/address.ts'
import type { Member } from '../chat/member.ts'
import type { Name } from '../chat/names/name.ts'
import type { Slug } from '../chat/room.ts'
import type { ResponseWithDefaults } from './http/response.ts'
import type { Credential } from './visitor/identity.ts'
import type { Session } from './visitor/session.ts'

/** What a page says that gives back what was typed. */
export interface FormRefusal {
  readonly sentence: string
  /** What would be taken instead. */
  readonly offers: readonly string[]
  /** The same may be sent again as it is; and for all that is known it was taken before. */
  readonly retryable: boolean
}

export interface EmbedVariables {
  readonly appearance: Appearance
  readonly url: RoomUrl
  /** The same from now on, where the member took another name. */
  readonly urlAfterRename: (name: Name) => RoomUrl
}

/** What handlers find in Hono's context. */
export interface Env {
  Bindings: { readonly incoming: IncomingMessage; readonly outgoing: ResponseWithDefaults }
  Variables: {
    /** By what the request shows who it comes from. */
    credential: Credential
    member: Member
    /** The room that the path names. Set by the door, for every route below `/r/:room`. */
    room: Slug
    /** The body of a form, read once. */
    form?: ReadonlyMap<string, unknown>
    address: Address
    /** How an embed looks and where it leads, where one asks. */
    embed?: EmbedVariables
    /** How a failure looks in another site's page, and whether that page named who comes. */
    embedFailure?: { readonly appearance: Appearance; readonly named: boolean }
    /** The page that gives back what was typed, and says why; set before what may refuse. */
    redisplayForm?: (refused: FormRefusal) => string | Promise<string | undefined>
    /** Undefined for programs, which have no cookie. */
    session: Session | undefined
    /** The value of the Set-Cookie header that the answer brings, where one is due. */
    sessionCookie: string | undefined
  }
}
