import { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import { RedisServer } from '../../../test/support/redis/redis-server.ts'
import { KillableServer } from '../killable-server.ts'
import type { Fault } from './faults.ts'
import { compareTranscripts, makeRoomKept, openRoom, waitUntilAcknowledged } from './rooms.ts'

/** Pause between two faults. */
const CALM_MS = 500

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
    const urls = servers.map(({ url }) => url)
    await makeRoomKept(urls[0] ?? '', 'kept')
    const rooms = await Promise.all(
      ['kept', 'vanishing'].map((name) => openRoom(name, { readAt: urls, postAt: urls, everyMs })),
    )
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
