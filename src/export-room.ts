import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from './chat/ports.ts'
import { Refusal } from './chat/refusal.ts'
import { parseSlug } from './chat/room.ts'
import type { Config } from './config.ts'
import { exportFrom } from './store/export.ts'
import { UnusableDatabase } from './store/schema.ts'
import { databaseIn, isDatabaseIn } from './store/sqlite.ts'

/** Prints a kept room as JSON lines, also while a server uses the data folder. */
export async function exportRoom(
  { data }: Pick<Config, 'data'>,
  name: string,
  clock: Clock,
): Promise<{ said: string } | { problem: string }> {
  try {
    const slug = parseSlug(name)
    let lines = 0
    const counted = function* () {
      if (!isDatabaseIn(data.path)) return
      for (const chunk of exportFrom(databaseIn(data.path), slug, clock.now())) {
        lines++
        yield chunk
      }
    }
    await pipeline(Readable.from(counted()), process.stdout, { end: false })
    return lines > 0 ? { said: '' } : { problem: `No room “${slug}” is kept in ${data.path}.` }
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message }
    if (error instanceof UnusableDatabase) return { problem: `The database in ${data.path} ${error.message}` }
    return { problem: `Can’t print all of it: ${error instanceof Error ? error.message : String(error)}.` }
  }
}
