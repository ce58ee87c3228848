import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AcknowledgementLog, type StoredMessage } from './acknowledgement-log.ts'
import { KillableServer } from './killable-server.ts'
import { Poster } from './poster.ts'
import { ReconnectingReader } from './reconnecting-reader.ts'

const ROOM = 'torture'
const POSTERS = 10
const READERS = 3

/** A server lives for as long as this after its first answer, and up to as long again. */
const LIFETIME_MS = 400

/** What is waited for comes within so long. */
const WAIT_TIMEOUT_MS = 10_000

export interface TortureOptions {
  /** What is killed: dist/snug, or the bundle. */
  readonly program: string
  readonly cycles: number
  /** Posts a second. */
  readonly rate: number
  readonly log?: (line: string) => void
}

export interface TortureReport {
  /** Posts that were answered with 201. */
  readonly acknowledged: number
  /** Messages that are there; of a few that were under way nobody had the answer. */
  readonly stored: number
  /** Answered posts a second, from the first answer of each server to its end. */
  readonly perSecond: number
  /** Milliseconds until the server was ready, the slowest start. */
  readonly slowestStart: number
  /** In words; empty when every promise was held. */
  readonly violations: readonly string[]
}

/** Kills a server under load again and again, and looks whether anything that it answered is lost, twice or disordered. */
export async function torture({ program, cycles, rate, log }: TortureOptions): Promise<TortureReport> {
  const folder = await mkdtemp(join(tmpdir(), 'snug-torture-'))
  const data = join(folder, 'data')
  const account = new AcknowledgementLog()
  const posters = Array.from({ length: POSTERS }, (_, n) => new Poster(`poster-${n}`, ROOM, account))
  const readers = Array.from({ length: READERS }, () => new ReconnectingReader(ROOM, account))
  let slowestStart = 0
  let livedMs = 0
  let underLoad = 0
  let victim = await KillableServer.start(program, '--data', data)
  try {
    await makeTortureRoom(victim.url)
    for (let cycle = 1; cycle <= cycles; cycle++) {
      const streams = readers.map((reader) => reader.follow(victim.url))
      await Promise.all(streams.map(({ open }) => open))
      const posting = posters.map((poster, n) =>
        poster.post(victim.url, (1000 * n) / rate, (1000 * POSTERS) / rate),
      )
      const before = account.count
      await pollUntil(() => account.count > before || account.violations.length > 0)
      const [first, began] = [account.count, performance.now()]
      await new Promise((resolve) => setTimeout(resolve, LIFETIME_MS * (1 + Math.random())))
      await victim.kill()
      livedMs += performance.now() - began
      underLoad += account.count - first
      await Promise.all([...posting, ...streams.map(({ over }) => over)])
      await checkIntegrity(data, join(folder, 'copy'), account)
      victim = await KillableServer.start(program, '--data', data)
      slowestStart = Math.max(slowestStart, victim.readyAfterMs)
      const start = `ready after ${Math.round(victim.readyAfterMs)} ms`
      log?.(`cycle ${cycle} of ${cycles}: ${account.count} acknowledged, ${start}`)
      if (account.violations.length > 0) break
    }
    const streams = readers.map((reader) => reader.follow(victim.url))
    const history = await readHistory(victim.url)
    await pollUntil(() => readers.every(({ ids }) => ids.at(-1) === history.at(-1)?.id))
    account.compareHistory(history)
    for (const { ids } of readers) account.compareReader(ids, history)
    await victim.kill()
    await Promise.all(streams.map(({ over }) => over))
    return {
      acknowledged: account.count,
      stored: history.length,
      perSecond: (underLoad / livedMs) * 1000,
      slowestStart,
      violations: account.violations,
    }
  } finally {
    await victim.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeTortureRoom(url: string): Promise<void> {
  const body = new URLSearchParams({ room: ROOM, kind: 'kept' })
  const { status } = await fetch(`${url}/rooms`, { method: 'POST', body, headers: { Origin: url } })
  if (status !== 201) throw new Error(`Making a kept room was answered ${status}`)
}

// Of a copy: opening it mends what the kill left, which is the server's to do.
async function checkIntegrity(data: string, copy: string, { violations }: AcknowledgementLog): Promise<void> {
  await cp(data, copy, { recursive: true })
  const database = new DatabaseSync(join(copy, 'rooms.db'))
  const found = database.prepare('PRAGMA integrity_check').get()?.integrity_check
  if (found !== 'ok') violations.push(`integrity_check: ${found}`)
  database.close()
  await rm(copy, { recursive: true })
}

async function readHistory(url: string): Promise<StoredMessage[]> {
  const history: StoredMessage[] = []
  for (let before: string | null = ''; before !== null; ) {
    const query = before === '' ? '' : `&before=${before}`
    const answer = await fetch(`${url}/r/${ROOM}/messages?limit=100${query}`, {
      headers: { Accept: 'application/json' },
    })
    const page = (await answer.json()) as { messages: StoredMessage[]; before: string | null }
    history.unshift(...page.messages)
    before = page.before
  }
  return history
}

async function pollUntil(claim: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_TIMEOUT_MS
  while (!claim() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
}
