import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AcknowledgementLog } from './acknowledgement-log.ts'
import { KillableServer } from './killable-server.ts'
import { Poster } from './poster.ts'
import { readHistory } from './read-history.ts'
import { ReconnectingReader } from './reconnecting-reader.ts'

const ROOM = 'torture'
const POSTERS = 10
const READERS = 3

/** A server is killed after this time from its first response, or up to twice as long. */
const LIFETIME_MS = 400

/** The longest wait for a condition. */
const WAIT_TIMEOUT_MS = 10_000

export interface TortureOptions {
  /** The program to kill: dist/snug, or the bundle. */
  readonly program: string
  readonly cycles: number
  /** Posts per second. */
  readonly rate: number
  readonly log?: (line: string) => void
}

export interface TortureReport {
  /** Posts answered with 201. */
  readonly acknowledged: number
  /** Messages in the history. Can exceed `acknowledged`: a kill can come between a commit and its response. */
  readonly stored: number
  /** Acknowledged posts per second, from the first response of each server until its kill. */
  readonly perSecond: number
  /** Milliseconds from start to ready, the slowest of all restarts. */
  readonly slowestStart: number
  /** Sentences; empty if every promise was kept. */
  readonly violations: readonly string[]
}

/** Kills a server under load, again and again, and looks for messages that are lost, repeated or out of order. */
export async function torture({ program, cycles, rate, log }: TortureOptions): Promise<TortureReport> {
  const folder = await mkdtemp(join(tmpdir(), 'snug-torture-'))
  const data = join(folder, 'data')
  const acknowledgements = new AcknowledgementLog()
  const posters = Array.from({ length: POSTERS }, (_, n) => new Poster(`poster-${n}`, ROOM, acknowledgements))
  const readers = Array.from({ length: READERS }, () => new ReconnectingReader(ROOM, acknowledgements))
  let slowestStart = 0
  let livedMs = 0
  let acknowledgedUnderLoad = 0
  let server = await KillableServer.start(program, '--data', data)
  try {
    await makeTortureRoom(server.url)
    for (let cycle = 1; cycle <= cycles; cycle++) {
      const streams = readers.map((reader) => reader.follow(server.url))
      await Promise.all(streams.map(({ open }) => open))
      const posting = posters.map((poster, n) =>
        poster.post(server.url, (1000 * n) / rate, (1000 * POSTERS) / rate),
      )
      const before = acknowledgements.count
      await pollUntil(() => acknowledgements.count > before || acknowledgements.violations.length > 0)
      const [first, began] = [acknowledgements.count, performance.now()]
      await new Promise((resolve) => setTimeout(resolve, LIFETIME_MS * (1 + Math.random())))
      await server.kill()
      livedMs += performance.now() - began
      acknowledgedUnderLoad += acknowledgements.count - first
      await Promise.all([...posting, ...streams.map(({ ended }) => ended)])
      await checkIntegrity(data, join(folder, 'copy'), acknowledgements)
      server = await KillableServer.start(program, '--data', data)
      slowestStart = Math.max(slowestStart, server.readyAfterMs)
      const start = `ready after ${Math.round(server.readyAfterMs)} ms`
      log?.(`cycle ${cycle} of ${cycles}: ${acknowledgements.count} acknowledged, ${start}`)
      if (acknowledgements.violations.length > 0) break
    }
    const streams = readers.map((reader) => reader.follow(server.url))
    const history = await readHistory(server.url, ROOM)
    await pollUntil(() => readers.every(({ ids }) => ids.at(-1) === history.at(-1)?.id))
    acknowledgements.compareHistory(history)
    for (const { ids } of readers) acknowledgements.compareReader(ids, history)
    await server.kill()
    await Promise.all(streams.map(({ ended }) => ended))
    return {
      acknowledged: acknowledgements.count,
      stored: history.length,
      perSecond: (acknowledgedUnderLoad / livedMs) * 1000,
      slowestStart,
      violations: acknowledgements.violations,
    }
  } finally {
    await server.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeTortureRoom(url: string): Promise<void> {
  const body = new URLSearchParams({ room: ROOM, kind: 'kept' })
  const { status } = await fetch(`${url}/rooms`, { method: 'POST', body, headers: { Origin: url } })
  if (status !== 201) throw new Error(`Creating a kept room was answered with ${status}`)
}

// Checks a copy, because opening a database repairs it, and that is for the server to do.
async function checkIntegrity(data: string, copy: string, { violations }: AcknowledgementLog): Promise<void> {
  await cp(data, copy, { recursive: true })
  const database = new DatabaseSync(join(copy, 'rooms.db'))
  const integrity = database.prepare('PRAGMA integrity_check').get()?.integrity_check
  if (integrity !== 'ok') violations.push(`integrity_check: ${integrity}`)
  database.close()
  await rm(copy, { recursive: true })
}

async function pollUntil(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_TIMEOUT_MS
  while (!condition() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
}
