import { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import { RedisServer } from '../../../test/support/redis/redis-server.ts'
import { KillableServer } from '../killable-server.ts'
import type { Fault } from './faults.ts'
import { PersistentPoster } from './persistent-poster.ts'
import { Reader } from './reader.ts'
import { AgreedHistory } from './transcript.ts'

/** Of each room on each process. */
const READERS = 2
const POSTERS = 2

/** Between two faults all is well for so long. */
const CALM_MS = 500

/** What is waited for at the end comes within so long. */
const WAIT_TIMEOUT_MS = 20_000

export interface ClusteredTortureOptions {
  /** dist/snug, or the bundle. */
  readonly program: string
  readonly faults: readonly Fault[]
  /** Milliseconds between an answer and the next post of a writer. */
  readonly everyMs: number
  readonly log?: (line: string) => void
}

export interface ClusteredTortureReport {
  readonly acknowledged: number
  readonly refused: number
  /** How often readers of the vanishing room were told of a gap. */
  readonly gaps: number
  /** Milliseconds from the end of a fault until every writer was heard again; the slowest. */
  readonly slowestRecovery: number
  /** In words; empty when every promise was held. */
  readonly violations: readonly string[]
}

interface Room {
  readonly name: string
  readonly kept: boolean
  readonly history: AgreedHistory
  readonly readers: readonly Reader[]
  readonly posters: readonly PersistentPoster[]
}

/** Two processes on one Redis, with readers and writers of both kinds of room on each, while faults come one by one. */
export async function tortureClustered({
  program,
  faults,
  everyMs,
  log,
}: ClusteredTortureOptions): Promise<ClusteredTortureReport> {
  const ends: (() => unknown)[] = []
  const until = { after: (run: () => unknown) => void ends.unshift(run) }
  try {
    const redis = await RedisServer.start(until)
    const proxy = await CuttingProxy.start(until, `http://127.0.0.1:${redis.port}`)
    const victims: KillableServer[] = []
    for (const url of [`redis://${new URL(proxy.url).host}`, redis.url]) {
      const victim = await KillableServer.start(program, '--redis', url)
      ends.unshift(() => victim.kill())
      victims.push(victim)
    }
    await makeRoomKept(victims[0]?.url ?? '', 'kept')
    const rooms = await Promise.all(['kept', 'vanishing'].map((name) => openRoom(name, victims, everyMs)))
    const writers = rooms.flatMap((room) => room.posters)
    ends.unshift(() => Promise.all(rooms.flatMap(({ readers }) => readers).map((reader) => reader.close())))
    const found: string[] = []
    let slowestRecovery = 0
    for (const fault of faults) {
      await waitUntilAcknowledged(writers)
      await new Promise((resolve) => setTimeout(resolve, CALM_MS))
      await fault.run(redis, proxy)
      const over = performance.now()
      await waitUntilAcknowledged(writers, found)
      const recovery = performance.now() - over
      slowestRecovery = Math.max(slowestRecovery, recovery)
      log?.(`${fault.name}: all are heard again after ${Math.round(recovery)} ms`)
    }
    await Promise.all(writers.map((writer) => writer.close()))
    for (const room of rooms) await compareTranscripts(room)
    return {
      acknowledged: writers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
      refused: writers.reduce((sum, { refused }) => sum + refused, 0),
      gaps: rooms.flatMap(({ readers }) => readers).reduce((sum, { transcript }) => sum + transcript.gaps, 0),
      slowestRecovery,
      violations: [
        ...found,
        ...rooms.flatMap(({ history }) => history.violations),
        ...writers.flatMap((w) => w.violations),
      ],
    }
  } finally {
    for (const end of ends) await end()
  }
}

async function openRoom(name: string, victims: readonly KillableServer[], everyMs: number): Promise<Room> {
  const history = new AgreedHistory()
  const each = <Made>(count: number, make: (who: string, url: string) => Made) =>
    victims.flatMap(({ url }, process) =>
      Array.from({ length: count }, (_, number) => make(`${name}-${process}-${number}`, `${url}/r/${name}`)),
    )
  const readers = each(READERS, (who, url) => new Reader(`reader ${who}`, `${url}/live.ndjson`, history))
  // Whatever is said from now on is theirs too.
  await Promise.all(readers.map((reader) => reader.waitFor(() => reader.transcript.cursor !== '')))
  return {
    name,
    kept: name === 'kept',
    history,
    readers,
    posters: each(POSTERS, (who, url) => new PersistentPoster(who, url, everyMs)),
  }
}

async function makeRoomKept(url: string, room: string): Promise<void> {
  const body = new URLSearchParams({ room, kind: 'kept' })
  const { status } = await fetch(`${url}/rooms`, { method: 'POST', body, headers: { Origin: url } })
  if (status !== 201) throw new Error(`Making a kept room was answered ${status}`)
}

/** Resolves when each writer was answered once more. */
async function waitUntilAcknowledged(
  writers: readonly PersistentPoster[],
  faults: string[] = [],
): Promise<void> {
  const since = performance.now()
  const silent = () => writers.filter(({ acknowledgedAt }) => acknowledgedAt <= since)
  while (silent().length > 0 && performance.now() - since < WAIT_TIMEOUT_MS)
    await new Promise((resolve) => setTimeout(resolve, 20))
  for (const { name } of silent()) faults.push(`${name} was not heard again`)
}

async function compareTranscripts({ name, kept, history, readers, posters }: Room): Promise<void> {
  const acknowledged = new Map(posters.flatMap((writer) => [...writer.acknowledged]))
  for (const [text, id] of acknowledged) history.recordEvent(id, text)
  const last = [...acknowledged.values()].reduce((top, id) => (isAfter(id, top) ? id : top), '0.0')
  const late = new Promise<true>((resolve) => setTimeout(resolve, WAIT_TIMEOUT_MS, true))
  for (const { transcript, until } of readers.map((reader) => ({
    transcript: reader.transcript,
    until: reader.waitFor(() => !isAfter(last, reader.transcript.cursor)),
  }))) {
    if (await Promise.race([until, late]))
      history.violations.push(`${name}: a reader is at ${transcript.cursor}, not ${last}`)
    const lacking = [...acknowledged.keys()].filter((text) => !transcript.texts.has(text))
    if (kept && transcript.gaps > 0)
      history.violations.push(`${name}: a reader was told of ${transcript.gaps} gaps`)
    if (lacking.length > (kept ? 0 : (transcript.missed ?? Number.POSITIVE_INFINITY)))
      history.violations.push(
        `${name}: a reader lacks ${lacking.length}, such as “${lacking[0]}”, and was told of ${transcript.missed}`,
      )
  }
}

function isAfter(id: string, other: string): boolean {
  const [[epoch = '', seq], [otherEpoch = '', otherSeq]] = [id.split('.'), other.split('.')]
  if (epoch === otherEpoch) return Number(seq) > Number(otherSeq)
  return Number.parseInt(epoch, 36) > Number.parseInt(otherEpoch, 36)
}
