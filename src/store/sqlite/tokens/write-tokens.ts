import type { DatabaseSync } from 'node:sqlite'
import type { Slug } from '../../../chat/room.ts'
import { TOKENS_MAX } from '../../../chat/token.ts'
import type { Operation, OperationResult } from '../operation.ts'
import { type PreparedStatements, prepareStatements } from '../prepared-statements.ts'

const SQL = {
  findReserved: 'SELECT 1 FROM rooms WHERE slug = ? AND owner IS NULL AND reserved_until > ?',
  countTokens: 'SELECT count(*) AS count FROM tokens WHERE room = ?',
  insertToken: 'INSERT INTO tokens (id, room, imprint, name, scopes, made) VALUES (?, ?, ?, ?, ?, ?)',
  deleteToken: 'DELETE FROM tokens WHERE id = ?1 AND room = coalesce(?2, room)',
  deleteTokens: 'DELETE FROM tokens WHERE room = ?',
} as const

/** Writes tokens. */
export class TokenWriter {
  readonly #statements: PreparedStatements<typeof SQL>

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database, SQL)
  }

  add({ room, token, now }: Extract<Operation, { kind: 'add-token' }>): OperationResult {
    if (this.#statements.findReserved.get(room, now)) return { kind: 'rejected', rejection: 'no-room' }
    if (Number(this.#statements.countTokens.get(room)?.count) >= TOKENS_MAX)
      return { kind: 'rejected', rejection: 'too-many-tokens' }
    const { id, imprint, name, scopes, made } = token
    this.#statements.insertToken.run(id, room, imprint, name, scopes.join(','), made)
    return { kind: 'tokens', changed: 1 }
  }

  revoke({ id, room }: Extract<Operation, { kind: 'revoke-token' }>): OperationResult {
    return { kind: 'tokens', changed: Number(this.#statements.deleteToken.run(id, room ?? null).changes) }
  }

  /** Deletes the tokens of a room. */
  deleteAll(room: Slug): void {
    this.#statements.deleteTokens.run(room)
  }
}
