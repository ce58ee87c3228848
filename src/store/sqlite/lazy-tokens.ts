import type { Undo } from '../../chat/ports/clock.ts'
import type { Tokens } from '../../chat/ports/tokens.ts'
import type { Slug } from '../../chat/room.ts'
import type { Token, TokenId } from '../../chat/token.ts'
import type { OnDemandStore } from './lazy-store.ts'

/** The tokens of a store that may not be there yet: then there are none. */
export class OnDemandTokens implements Tokens {
  readonly #store: OnDemandStore

  constructor(store: OnDemandStore) {
    this.#store = store
  }

  async add(room: Slug, token: Token): Promise<void> {
    return (await this.#store.make()).tokens.add(room, token)
  }

  async find(room: Slug, id: TokenId): Promise<Token | 'elsewhere' | undefined> {
    return (await this.#store.there())?.tokens.find(room, id)
  }

  async of(room: Slug): Promise<readonly Token[]> {
    return (await (await this.#store.there())?.tokens.of(room)) ?? []
  }

  async all(): Promise<readonly { readonly room: Slug | undefined; readonly token: Token }[]> {
    return (await (await this.#store.there())?.tokens.all()) ?? []
  }

  async revoke(id: TokenId, room?: Slug): Promise<boolean> {
    return (await (await this.#store.there())?.tokens.revoke(id, room)) ?? false
  }

  whenRevoked(room: Slug, id: TokenId, run: () => void): Undo {
    return this.#store.opened?.tokens.whenRevoked(room, id, run) ?? (() => {})
  }
}
