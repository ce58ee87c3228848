import type { Slug } from '../room.ts'
import type { Token, TokenId } from '../token.ts'
import type { Undo } from './clock.ts'

/** The tokens of API clients, each for one room of either kind. Deleting a room deletes its tokens. */
export interface Tokens {
  /**
   * Adds a token to a room.
   * @throws Refusal `conflict` if the room has the maximum of tokens; `not-found` if the room was deleted and its slug
   * is still reserved; `full`
   */
  add(room: Slug, token: Token): Promise<void>
  /** The room's token with this id; `other-room` if the token belongs to another room. */
  find(room: Slug, id: TokenId): Promise<Token | 'other-room' | undefined>
  /** The room's tokens, oldest first. */
  list(room: Slug): Promise<readonly Token[]>
  /** The tokens of all rooms. A room is undefined if its slug is stored nowhere. */
  listAll(): Promise<readonly { readonly room: Slug | undefined; readonly token: Token }[]>
  /**
   * Revokes a token; if `room` is given, only a token of that room.
   * @returns whether there was such a token
   */
  revoke(id: TokenId, room?: Slug): Promise<boolean>
  /** Calls `run` once, within about a second after the room's token was revoked by any process. */
  onRevoked(room: Slug, id: TokenId, run: () => void): Undo
}
