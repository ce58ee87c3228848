import type { DatabaseSync } from 'node:sqlite'
import type { Slug } from '../../chat/room.ts'
import { TOKENS_MAX } from '../../chat/token.ts'
import type { Operation, Outcome } from './operation.ts'
import { type Prepared, prepared } from './prepared.ts'

const SQL = {
  reserved: 'SELECT 1 FROM rooms WHERE slug = ? AND owner IS NULL AND reserved_until > ?',
  count: 'SELECT count(*) AS count FROM tokens WHERE room = ?',
  add: 'INSERT INTO tokens (id, room, imprint, name, scopes, made) VALUES (?, ?, ?, ?, ?, ?)',
  revoke: 'DELETE FROM tokens WHERE id = ?1 AND room = coalesce(?2, room)',
  empty: 'DELETE FROM tokens WHERE room = ?',
} as const

/** Writes what is kept of tokens. */
export class TokenWriting {
  readonly #run: Prepared<typeof SQL>

  constructor(database: DatabaseSync) {
    this.#run = prepared(database, SQL)
  }

  add({ room, token, now }: Extract<Operation, { kind: 'add-token' }>): Outcome {
    if (this.#run.reserved.get(room, now)) return { kind: 'denied', denial: 'no-room' }
    if (Number(this.#run.count.get(room)?.count) >= TOKENS_MAX) return { kind: 'denied', denial: 'tokens' }
    const { id, imprint, name, scopes, made } = token
    this.#run.add.run(id, room, imprint, name, scopes.join(','), made)
    return { kind: 'tokens', changed: 1 }
  }

  revoke({ id, room }: Extract<Operation, { kind: 'revoke-token' }>): Outcome {
    return { kind: 'tokens', changed: Number(this.#run.revoke.run(id, room ?? null).changes) }
  }

  /** Those of a room that is deleted. */
  empty(room: Slug): void {
    this.#run.empty.run(room)
  }
}
