import type { DatabaseSync } from 'node:sqlite'
import type { Slug } from '../../chat/room.ts'
import { TOKENS_MAX } from '../../chat/token.ts'
import type { Operation, Outcome } from './operation.ts'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'

const SQL = {
  reserved: 'SELECT 1 FROM rooms WHERE slug = ? AND owner IS NULL AND reserved_until > ?',
  count: 'SELECT count(*) AS count FROM tokens WHERE room = ?',
  add: 'INSERT INTO tokens (id, room, imprint, name, scopes, made) VALUES (?, ?, ?, ?, ?, ?)',
  revoke: 'DELETE FROM tokens WHERE id = ?1 AND room = coalesce(?2, room)',
  empty: 'DELETE FROM tokens WHERE room = ?',
} as const

/** Writes what is kept of tokens. */
export class TokenWriter {
  readonly #statements: PreparedStatements<typeof SQL>

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database, SQL)
  }

  add({ room, token, now }: Extract<Operation, { kind: 'add-token' }>): Outcome {
    if (this.#statements.reserved.get(room, now)) return { kind: 'rejected', rejection: 'no-room' }
    if (Number(this.#statements.count.get(room)?.count) >= TOKENS_MAX)
      return { kind: 'rejected', rejection: 'too-many-tokens' }
    const { id, imprint, name, scopes, made } = token
    this.#statements.add.run(id, room, imprint, name, scopes.join(','), made)
    return { kind: 'tokens', changed: 1 }
  }

  revoke({ id, room }: Extract<Operation, { kind: 'revoke-token' }>): Outcome {
    return { kind: 'tokens', changed: Number(this.#statements.revoke.run(id, room ?? null).changes) }
  }

  /** Those of a room that is deleted. */
  deleteAll(room: Slug): void {
    this.#statements.empty.run(room)
  }
}
