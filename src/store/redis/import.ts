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
import { FINISH_IMPORT, STAGE } from './lua/import.ts'
import { encodeRecord } from './record.ts'
import { RoomIndex } from './room-index.ts'
import { RoomScripts } from './scripts.ts'
import { encodeSettings } from './settings.ts'

/** Events staged at once: some hundred kilobytes at most. */
const BATCH_SIZE = 100

/** The keys of an import, in the order that its scripts expect. */
const STAGING_PARTS = ['events', 'messages', 'changes', 'times', 'edits'] as const

/**
 * Imports a room into Redis completely or not at all, even while servers use it: the events are first staged in keys of
 * their own. As in SQLite, the room begins a new epoch, and may replace a deleted room whose slug is still reserved.
 * @param owner the digest of an owner's link, for an export without one
 * @returns the room, or one line per problem
 */
export async function importRoom(
  redis: Redis,
  lines: AsyncIterable<string>,
  { clock, owner }: { readonly clock: Clock; readonly owner: string },
): Promise<ImportResult | { readonly problems: readonly string[] }> {
  if (!redis.persistent) return { problems: ['This Redis writes nothing to its disk: set appendonly yes.'] }
  const target = new RedisImport(redis, new RoomIndex(redis, clock), owner)
  try {
    return await readExport(lines, target, clock.now())
  } finally {
    await target.deleteStagingKeys()
  }
}

class RedisImport implements ImportTarget {
  readonly #redis: Redis
  readonly #scripts: RoomScripts
  readonly #roomIndex: RoomIndex
  readonly #owner: string
  #stagingKeys: readonly string[] = []
  #records: ExportRecord[] = []

  constructor(redis: Redis, roomIndex: RoomIndex, owner: string) {
    this.#redis = redis
    this.#scripts = new RoomScripts(redis, () => undefined)
    this.#roomIndex = roomIndex
    this.#owner = owner
  }

  async begin({ slug }: ExportHeader): Promise<void> {
    const { keys } = this.#redis
    if (await this.#redis.command('HGET', keys.room(slug, 'room'), 'owner')) throw alreadyExists(slug)
    const name = `import:${randomUUID()}`
    this.#stagingKeys = STAGING_PARTS.map((part) => keys.room(slug, `${name}:${part}`))
  }

  async add(record: ExportRecord): Promise<void> {
    this.#records.push(record)
    if (this.#records.length >= BATCH_SIZE) await this.#stageBatch()
  }

  async finish({ header, epochs }: ImportSummary): Promise<void> {
    if (this.#records.length > 0) await this.#stageBatch()
    const { slug, settings, origins, seq, owner = this.#owner } = header
    const room = { slug, ...settings }
    const epochEnds = [...epochs].sort(([a], [b]) => epochTime(b) - epochTime(a)).slice(0, PAST_EPOCHS_MAX)
    const past = epochEnds.map(([epoch, last]) => `${epoch}.${last} `).join('')
    const signal = encodeWire({ kind: 'settings', settings, made: true })
    const args = [
      slug,
      owner,
      ...encodeSettings(settings),
      origins ? formatOrigins(origins) : '',
      seq,
      epochEnds[0]?.[0] ?? '0',
      past,
      signal,
    ]
    await this.#roomIndex.beforeChange(room)
    const { status } = await this.#scripts.write(
      FINISH_IMPORT,
      slug,
      this.#redis.now(),
      args,
      this.#stagingKeys,
    )
    if (status === 'exists') throw alreadyExists(slug)
    if (status === 'in-use') throw roomInUse(slug)
    await this.#roomIndex.afterChange(room)
  }

  /** Deletes what was staged and has not become a room. */
  async deleteStagingKeys(): Promise<void> {
    if (this.#stagingKeys.length === 0) return
    // If Redis is away, they expire by themselves.
    await this.#redis.command('UNLINK', ...this.#stagingKeys).catch(() => {})
  }

  async #stageBatch(): Promise<void> {
    const args = this.#records.flatMap((record) => {
      const { kind, id, at, of } = record
      return [kind, id.seq, at, of?.seq ?? '', hideFromSlowLog(encodeRecord(record))]
    })
    this.#records = []
    await this.#redis.run(STAGE, this.#stagingKeys, args)
  }
}

function roomInUse(room: Slug): Refusal {
  return new Refusal(
    'conflict',
    `“${room}” is a vanishing room in use. Try again an hour after everybody has left.`,
  )
}
