import { randomUUID } from 'node:crypto'
import { originsText } from '../../chat/embedding.ts'
import { epochTime } from '../../chat/event.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { PAST_MAX } from '../../redis/numbering.ts'
import type { Redis } from '../../redis/redis.ts'
import { unlogged } from '../../redis/unlogged.ts'
import { encodeWire } from '../../redis/wire.ts'
import type { Head, Line } from '../export-format.ts'
import { alreadyThere, type Import, type Imported, readExport, type Whole } from '../read-export.ts'
import { ADOPT, STAGE } from './adopt.ts'
import { Listing } from './listing.ts'
import { encodeLine } from './record.ts'
import { Scripts } from './scripts.ts'
import { encodeSettings } from './settings.ts'

/** Events that are brought at once: some hundred kilobytes at most. */
const STEP = 100

/** What an import brings, in the order in which its scripts take it. */
const STAGED = ['events', 'messages', 'changes', 'times', 'edits'] as const

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
): Promise<Imported | { readonly problems: readonly string[] }> {
  if (!redis.lasting) return { problems: ['This Redis writes nothing to its disk: set appendonly yes.'] }
  const into = new RedisImport(redis, new Listing(redis, clock), owner)
  try {
    return await readExport(lines, into)
  } finally {
    await into.tidy()
  }
}

class RedisImport implements Import {
  readonly #redis: Redis
  readonly #scripts: Scripts
  readonly #listing: Listing
  readonly #owner: string
  #staged: readonly string[] = []
  #lines: Line[] = []

  constructor(redis: Redis, listing: Listing, owner: string) {
    this.#redis = redis
    this.#scripts = new Scripts(redis, () => undefined)
    this.#listing = listing
    this.#owner = owner
  }

  async begin({ slug }: Head): Promise<void> {
    const { keys } = this.#redis
    if (await this.#redis.command('HGET', keys.room(slug, 'room'), 'owner')) throw alreadyThere(slug)
    const name = `import:${randomUUID()}`
    this.#staged = STAGED.map((part) => keys.room(slug, `${name}:${part}`))
  }

  async add(line: Line): Promise<void> {
    this.#lines.push(line)
    if (this.#lines.length >= STEP) await this.#bring()
  }

  async finish({ head, epochs }: Whole): Promise<void> {
    if (this.#lines.length > 0) await this.#bring()
    const { slug, settings, origins, seq, owner = this.#owner } = head
    const room = { slug, ...settings }
    const ended = [...epochs].sort(([a], [b]) => epochTime(b) - epochTime(a)).slice(0, PAST_MAX)
    const past = ended.map(([epoch, last]) => `${epoch}.${last} `).join('')
    const made = encodeWire({ kind: 'settings', settings, made: true })
    const words = [
      slug,
      owner,
      ...encodeSettings(settings),
      origins ? originsText(origins) : '',
      seq,
      ended[0]?.[0] ?? '0',
      past,
      made,
    ]
    await this.#listing.before(room)
    const { outcome } = await this.#scripts.write(ADOPT, slug, this.#redis.now(), words, this.#staged)
    if (outcome === 'exists') throw alreadyThere(slug)
    if (outcome === 'alive') throw inUse(slug)
    await this.#listing.after(room)
  }

  /** Leaves nothing but the room, if it is one now. */
  async tidy(): Promise<void> {
    if (this.#staged.length === 0) return
    // Where Redis is away they expire by themselves.
    await this.#redis.command('UNLINK', ...this.#staged).catch(() => {})
  }

  async #bring(): Promise<void> {
    const words = this.#lines.flatMap((line) => {
      const { kind, id, at, of } = line
      return [kind, id.seq, at, of?.seq ?? '', unlogged(encodeLine(line))]
    })
    this.#lines = []
    await this.#redis.run(STAGE, this.#staged, words)
  }
}

function inUse(room: Slug): Refusal {
  return new Refusal(
    'conflict',
    `“${room}” is a vanishing room in use. Try again an hour after everybody has left.`,
  )
}
