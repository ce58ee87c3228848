import { parseOrigins } from '../../chat/embedding.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { type ExportOptions, formatHeader, formatRecord } from '../export-format.ts'
import { BETWEEN, EXPORT_HEADER } from './lua/read.ts'
import { decodeRecord } from './record.ts'
import { RoomScripts } from './scripts.ts'
import { decodeSettings } from './settings.ts'

/** Events read at once: some hundred kilobytes at most. */
const BATCH_SIZE = 100

/**
 * Exports a room as JSON lines, like SQLite's: the room, then its events, oldest first. Each chunk has up to a hundred
 * lines.
 * @returns nothing if there is no such room
 */
export async function* exportLines(
  redis: Redis,
  slug: Slug,
  options: ExportOptions,
): AsyncGenerator<string, void, void> {
  const scripts = new RoomScripts(redis, () => undefined)
  const { status, values } = await scripts.read(EXPORT_HEADER, slug, [])
  if (status === 'none') return
  const [owner, publishedSeq, embedOrigins, ...settings] = values.map(String)
  const origins = embedOrigins ? parseOrigins(embedOrigins) : undefined
  const seq = Number(publishedSeq)
  yield formatHeader({ slug, settings: decodeSettings(settings), origins, seq, owner }, options)
  for (let after = 0; after < seq; ) {
    // Changes made in the meantime have a higher seq and are left out.
    const { values } = await scripts.read(BETWEEN, slug, [after, seq, BATCH_SIZE, 1])
    const records = values.map((json) => decodeRecord(String(json)))
    yield records.map((record) => formatRecord(record, options)).join('')
    after = records.length < BATCH_SIZE ? seq : (records.at(-1)?.id.seq ?? seq)
  }
}
