import { parseOrigins } from '../../chat/embedding.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { type ExportOptions, formatHeader, formatRecord } from '../export-format.ts'
import { BETWEEN, EXPORT_HEADER } from './read.ts'
import { decodeRecord } from './record.ts'
import { RoomScripts } from './scripts.ts'
import { decodeSettings } from './settings.ts'

/** Events that are read at once: some hundred kilobytes at most. */
const BATCH_SIZE = 100

/**
 * A room as JSON lines, as SQLite's: first the room, then its events, oldest first; some hundred at a time.
 * @returns nothing where there is no such room
 */
export async function* exportLines(
  redis: Redis,
  slug: Slug,
  telling: ExportOptions,
): AsyncGenerator<string, void, void> {
  const scripts = new RoomScripts(redis, () => undefined)
  const { status, values } = await scripts.read(EXPORT_HEADER, slug, [])
  if (status === 'none') return
  const [owner, carried, shown, ...settings] = values.map(String)
  const origins = shown ? parseOrigins(shown) : undefined
  const seq = Number(carried)
  yield formatHeader({ slug, settings: decodeSettings(settings), origins, seq, owner }, telling)
  for (let after = 0; after < seq; ) {
    // What is changed meanwhile has an event above, which is left out.
    const { values } = await scripts.read(BETWEEN, slug, [after, seq, BATCH_SIZE, 1])
    const lines = values.map((json) => decodeRecord(String(json)))
    yield lines.map((line) => formatRecord(line, telling)).join('')
    after = lines.length < BATCH_SIZE ? seq : (lines.at(-1)?.id.seq ?? seq)
  }
}
