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

/** The refusal as a redisplayed form shows it. */
export interface FormRefusal {
  readonly sentence: string
  /** Alternatives that would be accepted. */
  readonly offers: readonly string[]
  /** Whether the same form can be sent again unchanged. It may even have been accepted already. */
  readonly retryable: boolean
}

/** The appearance and the addresses of an embed. */
export interface EmbedVariables {
  readonly appearance: Appearance
  readonly url: RoomUrl
  /** Like `url`, but with a ticket for the member's new name. */
  readonly urlAfterRename: (name: Name) => RoomUrl
}

/** The types of Hono's context. */
export interface Env {
  Bindings: { readonly incoming: IncomingMessage; readonly outgoing: ResponseWithDefaults }
  Variables: {
    /** The credential the request presented. */
    credential: Credential
    member: Member
    /** The room in the path. Set by the room guard for every route below `/r/:room`. */
    room: Slug
    /** The fields of the body. Cached, because a body can be read only once. */
    form?: ReadonlyMap<string, unknown>
    address: Address
    /** Set only for requests of an embed. */
    embed?: EmbedVariables
    /** Set for an embed: the appearance of a failure page, and whether the host page named its user. */
    embedFailure?: { readonly appearance: Appearance; readonly named: boolean }
    /** Makes the page that gives the typed text back with the refusal. Set before anything can refuse. */
    redisplayForm?: (refused: FormRefusal) => string | Promise<string | undefined>
    /** The session of a browser. Undefined for programs and embeds. */
    session: Session | undefined
    /** The value of the Set-Cookie header for the response; undefined if none is due. */
    sessionCookies: readonly string[] | undefined
  }
}
