import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import { PersistentPoster } from '../clustered/persistent-poster.ts'
import { Reader } from '../clustered/reader.ts'
import { compareTranscripts, type Room } from '../clustered/rooms.ts'
import { AgreedHistory } from '../clustered/transcript.ts'
import { KillableServer } from '../killable-server.ts'
import { readHistory } from '../read-history.ts'
import { ChangingMember, compareChanges, KEEP, View } from './changing-room.ts'
import { DelayProbe } from './delay-probe.ts'
import { type Figures, findGrowth, toFigures } from './figures.ts'
import { type ProcessFigures, readProcessFigures } from './process-figures.ts'
import { PassingVisitors } from './visitors.ts'

/** For each room. */
const READERS = 10
const POSTERS = 4
const VIEWS = 3

/** The connections of all readers are cut this often. */
const CUT_MS = 5000

const SAMPLE_MS = 250

/** The share of the time that each of the three measured parts takes, and the longest such part. */
const PART_SHARE = 0.2
const PART_MAX_MS = 120_000

/** The longest wait for readers to receive the last event. */
const CATCH_UP_MAX_MS = 20_000

export interface SoakOptions {
  /** dist/snug, or the bundle. */
  readonly program: string
  readonly durationMs: number
  /** Posts per second, in the two rooms whose readers are checked. */
  readonly rate: number
  readonly log?: (line: string) => void
}

export interface SoakReport {
  readonly acknowledged: number
  /** Posts, edits and deletions in a room with a bounded history. */
  readonly changes: number
  /** Times that a reader's stream was opened. */
  readonly streams: number
  readonly visitors: number
  readonly start: Figures
  readonly middle: Figures
  readonly end: Figures
  /** Sentences; empty if every promise was kept and nothing grew. */
  readonly violations: readonly string[]
}

/**
 * Uses a server like a lively community for a long time, cuts the connections of its readers again and again, and
 * compares what they received with each acknowledgement.
 */
export async function soak({ program, durationMs, rate, log }: SoakOptions): Promise<SoakReport> {
  const cleanups: (() => unknown)[] = []
  const scope = { after: (run: () => unknown) => void cleanups.unshift(run) }
  try {
    const folder = await mkdtemp(join(tmpdir(), 'snug-soak-'))
    cleanups.unshift(() => rm(folder, { recursive: true, force: true }))
    const server = await KillableServer.start(program, '--data', join(folder, 'data'))
    cleanups.unshift(() => server.kill())
    const proxy = await CuttingProxy.start(scope, server.url)
    const everyMs = (1000 * 2 * POSTERS) / rate
    await makeRoom(server.url, { room: 'kept', kind: 'kept' })
    await makeRoom(server.url, { room: 'changing', kind: 'kept', keep: String(KEEP) })
    await makeRoom(server.url, { room: 'probe', kind: 'kept', keep: '100' })
    const rooms = await Promise.all(
      ['kept', 'vanishing'].map((name) => openRoom(name, server.url, proxy.url, everyMs)),
    )
    const readers = rooms.flatMap((room) => room.readers)
    const posters = rooms.flatMap((room) => room.posters)
    const views = Array.from({ length: VIEWS }, () => new View(`${proxy.url}/r/changing/live.ndjson`))
    await pollUntil(() => views.every(({ cursor }) => cursor !== ''))
    const member = new ChangingMember(server.url, 'changing')
    const visitors = new PassingVisitors(server.url)
    const probe = new DelayProbe(server.url, 'probe')
    cleanups.unshift(() => Promise.all([...readers, ...views].map((reader) => reader.close())))
    const cutting = setInterval(() => proxy.cut(), CUT_MS)
    cleanups.unshift(() => clearInterval(cutting))

    const partMs = Math.min(durationMs * PART_SHARE, PART_MAX_MS)
    const calmMs = (durationMs - 3 * partMs) / 2
    const measure = () => measurePart(server.pid, probe, partMs)
    const start = await measure()
    log?.('the first part is measured')
    await sleep(calmMs)
    const middle = await measure()
    log?.('the second part is measured')
    await sleep(calmMs)
    const end = await measure()

    await Promise.all([...posters, member, visitors, probe].map((activity) => activity.close()))
    for (const room of rooms) await compareTranscripts(room)
    const history = await readHistory(server.url, 'changing')
    await pollUntil(() => compareChanges(history, member, views).length === 0)
    return {
      acknowledged: posters.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
      changes: member.changes,
      streams: readers.reduce((sum, reader) => sum + reader.streams, 0),
      visitors: visitors.count,
      ...{ start, middle, end },
      violations: [
        ...rooms.flatMap((room) => room.history.violations),
        ...[...posters, member, visitors, probe, ...views].flatMap(({ violations }) => violations),
        ...compareChanges(history, member, views),
        ...findGrowth(start, middle, end),
      ],
    }
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

async function openRoom(name: string, server: string, proxy: string, everyMs: number): Promise<Room> {
  const history = new AgreedHistory()
  const readers = Array.from(
    { length: READERS },
    (_, number) => new Reader(`reader ${name}-${number}`, `${proxy}/r/${name}/live.ndjson`, history),
  )
  // Readers must be subscribed before the first post.
  await Promise.all(readers.map((reader) => reader.waitFor(() => reader.transcript.cursor !== '')))
  const posters = Array.from(
    { length: POSTERS },
    (_, number) => new PersistentPoster(`${name}-${number}`, `${server}/r/${name}`, { everyMs }),
  )
  return { name, kept: name === 'kept', history, readers, posters }
}

async function measurePart(pid: number, probe: DelayProbe, ms: number): Promise<Figures> {
  probe.take()
  const samples: ProcessFigures[] = []
  for (const end = performance.now() + ms; performance.now() < end; await sleep(SAMPLE_MS)) {
    const sample = readProcessFigures(pid)
    if (sample) samples.push(sample)
  }
  return toFigures(samples, probe.take())
}

async function makeRoom(url: string, fields: Record<string, string>): Promise<void> {
  const body = new URLSearchParams(fields)
  const { status } = await fetch(`${url}/rooms`, { method: 'POST', body, headers: { Origin: url } })
  if (status !== 201) throw new Error(`Creating a kept room was answered with ${status}`)
}

async function pollUntil(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + CATCH_UP_MAX_MS
  while (!condition() && performance.now() < deadline) await sleep(20)
}
