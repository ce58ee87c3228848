import { randomUUID } from 'node:crypto'
import { formatOrigins } from '../../chat/embedding.ts'
import { epochTime } from '../../chat/event.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { PAST_EPOCHS_MAX } from '../../redis/numbering.ts'
import type { Redis } from '../../redis/redis.ts'
import { hideFromSlowLog } from '../../redis/slow-log.ts'
import { encodeWire } from '../../redis/wire.ts'
import type { ExportHeader, ExportRecord } from '../export-format.ts'
import {
  alreadyExists,
  type ImportResult,
  type ImportSummary,
  type ImportTarget,
  readExport,
} from '../read-export.ts'
import { FINISH_IMPORT, STAGE } from './import-scripts.ts'
import { encodeRecord } from './record.ts'
import { RoomIndex } from './room-index.ts'
import { RoomScripts } from './scripts.ts'
import { encodeSettings } from './settings.ts'

/** Events that are brought at once: some hundred kilobytes at most. */
const BATCH_SIZE = 100

/** What an import brings, in the order in which its scripts take it. */
const STAGING_PARTS = ['events', 'messages', 'changes', 'times', 'edits'] as const

/**
 * Brings an exported room to Redis, also while servers use it, whole or not at all: it is brought to keys of its own
 * first. It goes on in a new epoch, as in SQLite; over the reservation of a deleted room too.
 * @param owner proves the owner's link where the export does not
 * @returns or one line per problem
 */
export async function importRoom(
  redis: Redis,
  lines: AsyncIterable<string>,
  { clock, owner }: { readonly clock: Clock; readonly owner: string },
): Promise<ImportResult | { readonly problems: readonly string[] }> {
  if (!redis.persistent) return { problems: ['This Redis writes nothing to its disk: set appendonly yes.'] }
  const into = new RedisImport(redis, new RoomIndex(redis, clock), owner)
  try {
    return await readExport(lines, into)
  } finally {
    await into.deleteStagingKeys()
  }
}

class RedisImport implements ImportTarget {
  readonly #redis: Redis
  readonly #scripts: RoomScripts
  readonly #roomIndex: RoomIndex
  readonly #owner: string
  #stagingKeys: readonly string[] = []
  #records: ExportRecord[] = []

  constructor(redis: Redis, listing: RoomIndex, owner: string) {
    this.#redis = redis
    this.#scripts = new RoomScripts(redis, () => undefined)
    this.#roomIndex = listing
    this.#owner = owner
  }

  async begin({ slug }: ExportHeader): Promise<void> {
    const { keys } = this.#redis
    if (await this.#redis.command('HGET', keys.room(slug, 'room'), 'owner')) throw alreadyExists(slug)
    const name = `import:${randomUUID()}`
    this.#stagingKeys = STAGING_PARTS.map((part) => keys.room(slug, `${name}:${part}`))
  }

  async add(line: ExportRecord): Promise<void> {
    this.#records.push(line)
    if (this.#records.length >= BATCH_SIZE) await this.#stageBatch()
  }

  async finish({ header, epochs }: ImportSummary): Promise<void> {
    if (this.#records.length > 0) await this.#stageBatch()
    const { slug, settings, origins, seq, owner = this.#owner } = header
    const room = { slug, ...settings }
    const ended = [...epochs].sort(([a], [b]) => epochTime(b) - epochTime(a)).slice(0, PAST_EPOCHS_MAX)
    const past = ended.map(([epoch, last]) => `${epoch}.${last} `).join('')
    const made = encodeWire({ kind: 'settings', settings, made: true })
    const words = [
      slug,
      owner,
      ...encodeSettings(settings),
      origins ? formatOrigins(origins) : '',
      seq,
      ended[0]?.[0] ?? '0',
      past,
      made,
    ]
    await this.#roomIndex.beforeChange(room)
    const { status } = await this.#scripts.write(
      FINISH_IMPORT,
      slug,
      this.#redis.now(),
      words,
      this.#stagingKeys,
    )
    if (status === 'exists') throw alreadyExists(slug)
    if (status === 'in-use') throw roomInUse(slug)
    await this.#roomIndex.afterChange(room)
  }

  /** Leaves nothing but the room, if it is one now. */
  async deleteStagingKeys(): Promise<void> {
    if (this.#stagingKeys.length === 0) return
    // Where Redis is away they expire by themselves.
    await this.#redis.command('UNLINK', ...this.#stagingKeys).catch(() => {})
  }

  async #stageBatch(): Promise<void> {
    const words = this.#records.flatMap((line) => {
      const { kind, id, at, of } = line
      return [kind, id.seq, at, of?.seq ?? '', hideFromSlowLog(encodeRecord(line))]
    })
    this.#records = []
    await this.#redis.run(STAGE, this.#stagingKeys, words)
  }
}

function roomInUse(room: Slug): Refusal {
  return new Refusal(
    'conflict',
    `“${room}” is a vanishing room in use. Try again an hour after everybody has left.`,
  )
}
