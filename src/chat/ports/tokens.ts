import type { Slug } from '../room.ts'
import type { Token, TokenId } from '../token.ts'
import type { Undo } from './clock.ts'

/** Tokens of programs, each of one room, whatever its kind. A room that is deleted takes its own with it. */
export interface Tokens {
  /**
   * @throws Refusal `conflict` where the room has as many as it can, `not-found` where it was deleted and its name is
   * still nobody's, `full`
   */
  add(room: Slug, token: Token): Promise<void>
  /** The room's token of this id; `elsewhere`: there is one, of another room. */
  find(room: Slug, id: TokenId): Promise<Token | 'other-room' | undefined>
  /** The room's, oldest first. */
  list(room: Slug): Promise<readonly Token[]>
  /** Those of all rooms; a room is undefined where its name is kept nowhere. */
  listAll(): Promise<readonly { readonly room: Slug | undefined; readonly token: Token }[]>
  /** Whether there was a token of this id, of that room where one is named: it is no more. */
  revoke(id: TokenId, room?: Slug): Promise<boolean>
  /** Runs once, within a second or so, when the room's token is no more, whichever process ended it. */
  onRevoked(room: Slug, id: TokenId, run: () => void): Undo
}
