import type { DatabaseSync } from 'node:sqlite'
import type { Name } from '../../../chat/names/name.ts'
import type { Clock, Undo } from '../../../chat/ports/clock.ts'
import type { Tokens } from '../../../chat/ports/tokens.ts'
import type { Slug } from '../../../chat/room.ts'
import { type Scope, type Token, type TokenId, tokenId } from '../../../chat/token.ts'
import { TokenRevocations } from '../../../chat/token-revocations.ts'
import type { Operation, OperationResult } from '../operation.ts'
import { type PreparedStatements, prepareStatements } from '../prepared-statements.ts'
import { requireDone } from '../require-done.ts'
import type { Row } from '../rows.ts'

/** How often revocation is checked while a token has open streams: `snug token revoke` runs in another process. */
const POLL_MS = 500

const SQL = {
  findToken: 'SELECT * FROM tokens WHERE id = ?',
  findByRoom: 'SELECT * FROM tokens WHERE room = ? ORDER BY made, id',
  findAll: 'SELECT * FROM tokens ORDER BY room, made, id',
  /** Changes whenever another connection commits: https://sqlite.org/pragma.html#pragma_data_version */
  readVersion: 'PRAGMA data_version',
} as const

export interface SqliteTokensTools {
  /** Tokens are read from it each time. That takes some microseconds and shows at once what another process wrote. */
  readonly database: DatabaseSync
  readonly write: (operation: Operation) => Promise<OperationResult>
  readonly clock: Clock
  /** Receives errors that no caller waits for. */
  readonly report: (error: unknown) => void
}

/** Tokens in the database of kept rooms. */
export class SqliteTokens implements Tokens {
  readonly #tools: SqliteTokensTools
  readonly #statements: PreparedStatements<typeof SQL>
  readonly #revocations = new TokenRevocations()
  #stopPolling: Undo | undefined
  #closed = false
  // The version at which all tokens with listeners still existed. Undefined after a listener was added.
  #seenVersion: number | undefined

  constructor(tools: SqliteTokensTools) {
    this.#tools = tools
    this.#statements = prepareStatements(tools.database, SQL)
  }

  async add(room: Slug, token: Token): Promise<void> {
    const { write, clock } = this.#tools
    changedCount(await write({ kind: 'add-token', room, token, now: clock.now() }))
  }

  async find(room: Slug, id: TokenId): Promise<Token | 'other-room' | undefined> {
    const row = this.#statements.findToken.get(id)
    if (!row) return undefined
    return row.room === room ? readToken(row) : 'other-room'
  }

  async list(room: Slug): Promise<readonly Token[]> {
    return this.#statements.findByRoom.all(room).map(readToken)
  }

  async listAll(): Promise<readonly { readonly room: Slug; readonly token: Token }[]> {
    return this.#statements.findAll
      .all()
      .map((row) => ({ room: String(row.room) as Slug, token: readToken(row) }))
  }

  async revoke(id: TokenId, room?: Slug): Promise<boolean> {
    const revoked = changedCount(await this.#tools.write({ kind: 'revoke-token', id, room })) > 0
    if (revoked) this.#revocations.notify(id)
    return revoked
  }

  onRevoked(room: Slug, id: TokenId, run: () => void): Undo {
    this.#seenVersion = undefined
    if (!this.#closed) this.#stopPolling ??= this.#schedulePoll()
    return this.#revocations.listen(room, id, run)
  }

  close(): void {
    this.#closed = true
    this.#stopPolling?.()
  }

  #schedulePoll(): Undo {
    return this.#tools.clock.after(POLL_MS, () => {
      this.#stopPolling = undefined
      try {
        this.#poll()
      } catch (error) {
        this.#tools.report(error)
      }
      if (this.#revocations.size > 0) this.#stopPolling = this.#schedulePoll()
    })
  }

  #poll(): void {
    const version = Number(this.#statements.readVersion.get()?.data_version)
    if (version === this.#seenVersion) return
    this.#seenVersion = version
    for (const [id, room] of this.#revocations.tokensWithListeners)
      if (this.#statements.findToken.get(id)?.room !== room) this.#revocations.notify(id)
  }
}

function readToken(row: Row): Token {
  return {
    id: tokenId(String(row.id)),
    imprint: String(row.imprint),
    name: String(row.name) as Name,
    scopes: String(row.scopes).split(',') as Scope[],
    made: Number(row.made),
  }
}

/** @throws Refusal if the change was rejected */
function changedCount(result: OperationResult): number {
  if (result.kind === 'tokens') return result.changed
  requireDone(result)
  throw new Error('A change of tokens had another result')
}
