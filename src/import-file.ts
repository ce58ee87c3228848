import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { roomPath } from '../views/room-path.ts'
import type { Clock } from './chat/ports.ts'
import type { Config } from './config.ts'
import { DataFolder } from './data/folder.ts'
import { reason, Unusable } from './data/unusable.ts'
import { memorySecrets } from './secrets.ts'
import { type Imported, importRoom } from './store/import.ts'
import { openForWriting } from './store/open-database.ts'
import { UnusableDatabase } from './store/schema.ts'
import { databaseIn } from './store/sqlite.ts'

type Told = { said: string } | { problem: string }

/**
 * Brings an exported room into the data folder, which no server may use meanwhile.
 * @param file `-` for standard input
 */
export async function importFile(
  { data, baseUrl }: Pick<Config, 'data' | 'baseUrl'>,
  file: string,
  clock: Clock,
): Promise<Told> {
  try {
    const input = file === '-' ? process.stdin : (await open(file)).createReadStream()
    const folder = await DataFolder.open(data.path, { make: true, keys: undefined, clock })
    try {
      return await importInto(data.path, linesOf(input), clock, baseUrl)
    } finally {
      await folder?.close()
    }
  } catch (error) {
    if (error instanceof Unusable) return { problem: error.message }
    if (error instanceof UnusableDatabase) return { problem: `The database in ${data.path} ${error.message}` }
    return { problem: `Nothing was imported from ${file}: ${reason(error)}.` }
  }
}

async function importInto(
  folder: string,
  lines: AsyncIterable<string>,
  clock: Clock,
  baseUrl: string | undefined,
): Promise<Told> {
  const { token, imprint } = memorySecrets()
  const secret = token()
  const database = openForWriting(databaseIn(folder), clock.now())
  try {
    const outcome = await importRoom(database, lines, { now: clock.now(), owner: imprint(secret) })
    if ('problems' in outcome) return { problem: ['Nothing was imported.', ...outcome.problems].join('\n') }
    return { said: tell(outcome, secret, baseUrl) }
  } finally {
    database.close()
  }
}

async function* linesOf(input: Readable): AsyncGenerator<string, void, void> {
  let rest = ''
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function tell({ slug, messages, owned }: Imported, secret: string, baseUrl = ''): string {
  const said = `The room “${slug}” is kept again, with ${messages} ${messages === 1 ? 'message' : 'messages'}.`
  if (owned) return said
  return `${said}\nIts owner’s link, shown this once: ${baseUrl}${roomPath(slug)}/owner/${secret}`
}
