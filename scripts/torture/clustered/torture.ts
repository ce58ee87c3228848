import { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import { RedisServer } from '../../../test/support/redis/redis-server.ts'
import { KillableServer } from '../killable-server.ts'
import type { Fault } from './faults.ts'
import { PersistentPoster } from './persistent-poster.ts'
import { Reader } from './reader.ts'
import { AgreedHistory } from './transcript.ts'

/** For each room on each process. */
const READERS = 2
const POSTERS = 2

/** Pause between two faults. */
const CALM_MS = 500

/** The longest wait for a condition. */
const WAIT_TIMEOUT_MS = 20_000

export interface ClusteredTortureOptions {
  /** dist/snug, or the bundle. */
  readonly program: string
  readonly faults: readonly Fault[]
  /** Milliseconds between a response and the poster's next post. */
  readonly everyMs: number
  readonly log?: (line: string) => void
}

export interface ClusteredTortureReport {
  readonly acknowledged: number
  readonly refused: number
  /** Gaps that readers of the vanishing room received. */
  readonly gaps: number
  /** Milliseconds from the end of a fault until every poster had a post acknowledged, the slowest of all faults. */
  readonly slowestRecovery: number
  /** Sentences; empty if every promise was kept. */
  readonly violations: readonly string[]
}

interface Room {
  readonly name: string
  readonly kept: boolean
  readonly history: AgreedHistory
  readonly readers: readonly Reader[]
  readonly posters: readonly PersistentPoster[]
}

/** Injects faults in turn into two processes on one Redis. Each has readers and posters in rooms of both kinds. */
export async function tortureClustered({
  program,
  faults,
  everyMs,
  log,
}: ClusteredTortureOptions): Promise<ClusteredTortureReport> {
  const cleanups: (() => unknown)[] = []
  const scope = { after: (run: () => unknown) => void cleanups.unshift(run) }
  try {
    const redis = await RedisServer.start(scope)
    const proxy = await CuttingProxy.start(scope, `http://127.0.0.1:${redis.port}`)
    const servers: KillableServer[] = []
    for (const url of [`redis://${new URL(proxy.url).host}`, redis.url]) {
      const server = await KillableServer.start(program, '--redis', url)
      cleanups.unshift(() => server.kill())
      servers.push(server)
    }
    await makeRoomKept(servers[0]?.url ?? '', 'kept')
    const rooms = await Promise.all(['kept', 'vanishing'].map((name) => openRoom(name, servers, everyMs)))
    const posters = rooms.flatMap((room) => room.posters)
    cleanups.unshift(() =>
      Promise.all(rooms.flatMap(({ readers }) => readers).map((reader) => reader.close())),
    )
    const violations: string[] = []
    let slowestRecovery = 0
    for (const fault of faults) {
      await waitUntilAcknowledged(posters)
      await new Promise((resolve) => setTimeout(resolve, CALM_MS))
      await fault.run(redis, proxy)
      const endedAt = performance.now()
      await waitUntilAcknowledged(posters, violations)
      const recovery = performance.now() - endedAt
      slowestRecovery = Math.max(slowestRecovery, recovery)
      log?.(`${fault.name}: recovered after ${Math.round(recovery)} ms`)
    }
    await Promise.all(posters.map((poster) => poster.close()))
    for (const room of rooms) await compareTranscripts(room)
    return {
      acknowledged: posters.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
      refused: posters.reduce((sum, { refused }) => sum + refused, 0),
      gaps: rooms.flatMap(({ readers }) => readers).reduce((sum, { transcript }) => sum + transcript.gaps, 0),
      slowestRecovery,
      violations: [
        ...violations,
        ...rooms.flatMap(({ history }) => history.violations),
        ...posters.flatMap((poster) => poster.violations),
      ],
    }
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

async function openRoom(name: string, servers: readonly KillableServer[], everyMs: number): Promise<Room> {
  const history = new AgreedHistory()
  const forEachServer = <Made>(count: number, make: (id: string, url: string) => Made) =>
    servers.flatMap(({ url }, process) =>
      Array.from({ length: count }, (_, number) => make(`${name}-${process}-${number}`, `${url}/r/${name}`)),
    )
  const readers = forEachServer(
    READERS,
    (id, url) => new Reader(`reader ${id}`, `${url}/live.ndjson`, history),
  )
  // Readers must be subscribed before the first post.
  await Promise.all(readers.map((reader) => reader.waitFor(() => reader.transcript.cursor !== '')))
  return {
    name,
    kept: name === 'kept',
    history,
    readers,
    posters: forEachServer(POSTERS, (id, url) => new PersistentPoster(id, url, everyMs)),
  }
}

async function makeRoomKept(url: string, room: string): Promise<void> {
  const body = new URLSearchParams({ room, kind: 'kept' })
  const { status } = await fetch(`${url}/rooms`, { method: 'POST', body, headers: { Origin: url } })
  if (status !== 201) throw new Error(`Creating a kept room was answered with ${status}`)
}

/** Resolves when each poster has one more acknowledgement. On timeout, adds a violation for each that has not. */
async function waitUntilAcknowledged(
  posters: readonly PersistentPoster[],
  violations: string[] = [],
): Promise<void> {
  const since = performance.now()
  const pending = () => posters.filter(({ acknowledgedAt }) => acknowledgedAt <= since)
  while (pending().length > 0 && performance.now() - since < WAIT_TIMEOUT_MS)
    await new Promise((resolve) => setTimeout(resolve, 20))
  for (const { name } of pending()) violations.push(`${name} had no more posts acknowledged`)
}

async function compareTranscripts({ name, kept, history, readers, posters }: Room): Promise<void> {
  const acknowledged = new Map(posters.flatMap((poster) => [...poster.acknowledged]))
  for (const [text, id] of acknowledged) history.recordEvent(id, text)
  const last = [...acknowledged.values()].reduce((top, id) => (isAfter(id, top) ? id : top), '0.0')
  const timedOut = new Promise<true>((resolve) => setTimeout(resolve, WAIT_TIMEOUT_MS, true))
  for (const { transcript, complete } of readers.map((reader) => ({
    transcript: reader.transcript,
    complete: reader.waitFor(() => !isAfter(last, reader.transcript.cursor)),
  }))) {
    if (await Promise.race([complete, timedOut]))
      history.violations.push(`${name}: a reader is at ${transcript.cursor}, not at ${last}`)
    const missing = [...acknowledged.keys()].filter((text) => !transcript.texts.has(text))
    if (kept && transcript.gaps > 0)
      history.violations.push(`${name}: a reader received ${transcript.gaps} gaps`)
    if (missing.length > (kept ? 0 : (transcript.missed ?? Number.POSITIVE_INFINITY)))
      history.violations.push(
        `${name}: a reader missed ${missing.length} messages, such as “${missing[0]}”, and was told of ${transcript.missed}`,
      )
  }
}

function isAfter(id: string, other: string): boolean {
  const [[epoch = '', seq], [otherEpoch = '', otherSeq]] = [id.split('.'), other.split('.')]
  if (epoch === otherEpoch) return Number(seq) > Number(otherSeq)
  return Number.parseInt(epoch, 36) > Number.parseInt(otherEpoch, 36)
}
