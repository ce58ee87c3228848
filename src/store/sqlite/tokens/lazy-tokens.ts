import type { Undo } from '../../../chat/ports/clock.ts'
import type { Tokens } from '../../../chat/ports/tokens.ts'
import type { Slug } from '../../../chat/room.ts'
import type { Token, TokenId } from '../../../chat/token.ts'
import type { LazyStore } from '../lazy-store.ts'

/** The tokens of a store that may not exist yet. Until it does, there are none. */
export class LazyTokens implements Tokens {
  readonly #store: LazyStore

  constructor(store: LazyStore) {
    this.#store = store
  }

  async add(room: Slug, token: Token): Promise<void> {
    return (await this.#store.getOrCreate()).tokens.add(room, token)
  }

  async find(room: Slug, id: TokenId): Promise<Token | 'other-room' | undefined> {
    return (await this.#store.openIfExists())?.tokens.find(room, id)
  }

  async list(room: Slug): Promise<readonly Token[]> {
    return (await (await this.#store.openIfExists())?.tokens.list(room)) ?? []
  }

  async listAll(): Promise<readonly { readonly room: Slug | undefined; readonly token: Token }[]> {
    return (await (await this.#store.openIfExists())?.tokens.listAll()) ?? []
  }

  async revoke(id: TokenId, room?: Slug): Promise<boolean> {
    return (await (await this.#store.openIfExists())?.tokens.revoke(id, room)) ?? false
  }

  onRevoked(room: Slug, id: TokenId, run: () => void): Undo {
    return this.#store.opened?.tokens.onRevoked(room, id, run) ?? (() => {})
  }
}
