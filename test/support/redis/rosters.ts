import { RedisBus } from '../../../src/bus/redis.ts'
import type { Member } from '../../../src/chat/member.ts'
import type { Clock } from '../../../src/chat/ports/clock.ts'
import type { Slug } from '../../../src/chat/room.ts'
import type { PresenceChange } from '../../../src/chat/signal.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { RedisRoster } from '../../../src/roster/redis/roster.ts'
import { LOBBY, member } from '../events.ts'
import type { TestScope } from '../process/snug-process.ts'
import { ROSTER_TIMES } from '../roster-times.ts'
import { testSecrets } from '../secrets.ts'
import type { TestRedis } from './test-redis.ts'

/** The roster of one of several processes. */
export interface RosterProcess {
  readonly redis: Redis
  readonly roster: RedisRoster
  /** The changes that it reported to watchers. */
  readonly changes: Partial<PresenceChange>[]
  /** Receives the changed seats of the room, like a process that has readers there. */
  subscribe(room: Slug): Promise<void>
  /** Resolves when it has received `count` changed seats since it subscribed. */
  waitForSeatChanges(count: number): Promise<void>
  /** Closes its connection. It does nothing any more. */
  kill(): void
}

export interface Rosters {
  readonly testRedis: TestRedis
  readonly processes: readonly [RosterProcess, RosterProcess]
  /** Advances the time. Each living process sweeps its rooms again and again, all processes at the same moment. */
  advance(ms: number): Promise<void>
}

const STEP_MS = 5_000

const BATCH_SIZE = 50

/** Two processes on one Redis, which sweep their rooms only on request. */
export async function twoRosters(t: TestScope, testRedis: TestRedis): Promise<Rosters> {
  t.after(() => testRedis.close())
  const living = new Set<RedisRoster>()
  const start = async (redis: Redis): Promise<RosterProcess> => {
    const { url, clock } = testRedis
    const withoutTimers: Clock = {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      setImmediate: (run) => clock.setImmediate(run),
      after: () => () => {},
    }
    const secrets = testSecrets()
    const report = (error: unknown) => void testRedis.reported.push(error)
    const subscribedSince = (room: Slug) => bus.subscribedSince(room)
    const roster = new RedisRoster({
      redis,
      clock: withoutTimers,
      secrets,
      times: ROSTER_TIMES,
      subscribedSince,
      report,
    })
    const changes: Partial<PresenceChange>[] = []
    roster.watch((_room, change) => void changes.push(change))
    let seats = 0
    let wake = () => {}
    const bus = await RedisBus.open({
      redis,
      url,
      clock,
      secrets,
      onConnectionChange: () => {},
      onFollow: (room) => roster.follow(room),
      onMessage: (room, message) => {
        if (message.kind !== 'seat') return
        roster.invalidate(room, message.member)
        seats++
        wake()
      },
      report,
    })
    living.add(roster)
    t.after(async () => {
      bus.close()
      await roster.close()
    })
    return {
      redis,
      roster,
      changes,
      subscribe: async (room) => void (await bus.listen(room, () => {})),
      waitForSeatChanges: async (count) => {
        while (seats < count) await new Promise<void>((resolve) => (wake = resolve))
      },
      kill: () => {
        living.delete(roster)
        redis.close()
      },
    }
  }
  const processes = [await start(testRedis.redis), await start(await testRedis.connectAgain())] as const
  return {
    testRedis,
    processes,
    advance: async (ms) => {
      for (let left = ms; left > 0; left -= STEP_MS) {
        await testRedis.advance(Math.min(left, STEP_MS))
        await Promise.all([...living].map((roster) => roster.sweep()))
      }
    },
  }
}

export function numberedMember(number: number): Member {
  return member(`member-${number}`)
}

export async function enterAll({ roster }: RosterProcess, count: number): Promise<void> {
  await runInBatches(count, (number) => roster.enter(LOBBY, numberedMember(number), 'connected'))
}

/** Runs `run` for each number, in batches: on a busy machine, Redis would reply too late to more calls at once. */
export async function runInBatches<Result>(
  count: number,
  run: (number: number) => Promise<Result>,
  batchSize = BATCH_SIZE,
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < count; from += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, count - from) }, (_, index) => run(from + index))
    results.push(...(await Promise.all(batch)))
  }
  return results
}

/** Takes the changes that the processes reported since the last call. */
export function takePresenceChanges(...processes: readonly RosterProcess[]): Partial<PresenceChange>[] {
  return processes.flatMap((process) => process.changes.splice(0))
}
