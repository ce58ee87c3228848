import { parseOrigins } from '../../chat/embedding.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { eventLine, headLine, type Telling } from '../export-format.ts'
import { BETWEEN, HEAD } from './read.ts'
import { decodeLine } from './record.ts'
import { Scripts } from './scripts.ts'
import { decodeSettings } from './settings.ts'

/** Events that are read at once: some hundred kilobytes at most. */
const STEP = 100

/**
 * A room as JSON lines, as SQLite's: first the room, then its events, oldest first; some hundred at a time.
 * @returns nothing where there is no such room
 */
export async function* exportLines(
  redis: Redis,
  slug: Slug,
  telling: Telling,
): AsyncGenerator<string, void, void> {
  const scripts = new Scripts(redis, () => undefined)
  const { outcome, parts } = await scripts.read(HEAD, slug, [])
  if (outcome === 'none') return
  const [owner, carried, shown, ...settings] = parts.map(String)
  const origins = shown ? parseOrigins(shown) : undefined
  const seq = Number(carried)
  yield headLine({ slug, settings: decodeSettings(settings), origins, seq, owner }, telling)
  for (let after = 0; after < seq; ) {
    // What is changed meanwhile has an event above, which is left out.
    const { parts } = await scripts.read(BETWEEN, slug, [after, seq, STEP, 1])
    const lines = parts.map((json) => decodeLine(String(json)))
    yield lines.map((line) => eventLine(line, telling)).join('')
    after = lines.length < STEP ? seq : (lines.at(-1)?.id.seq ?? seq)
  }
}
