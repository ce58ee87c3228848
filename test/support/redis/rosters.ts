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
  /** What it told whoever watches. */
  readonly changes: Partial<PresenceChange>[]
  /** Hears of changed seats in the room, as a process does that has readers there. */
  subscribe(room: Slug): Promise<void>
  /** Resolves when it has heard of so many changed seats since it followed. */
  waitForSeatChanges(count: number): Promise<void>
  /** Its connection is gone, and it does nothing any more. */
  kill(): void
}

export interface Rosters {
  readonly testRedis: TestRedis
  readonly processes: readonly [RosterProcess, RosterProcess]
  /** Lets this time pass; each process that lives looks after its rooms now and then, all at once. */
  advance(ms: number): Promise<void>
}

const STEP_MS = 5_000

const BATCH_SIZE = 50

/** Two processes on one Redis, which look after their rooms when they are told to, and not by themselves. */
export async function twoRosters(t: TestScope, testRedis: TestRedis): Promise<Rosters> {
  t.after(() => testRedis.close())
  const living = new Set<RedisRoster>()
  const start = async (redis: Redis): Promise<RosterProcess> => {
    const { url, clock } = testRedis
    const still: Clock = {
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
      clock: still,
      secrets,
      times: ROSTER_TIMES,
      subscribedSince,
      report,
    })
    const takeChanges: Partial<PresenceChange>[] = []
    roster.watch((_room, change) => void takeChanges.push(change))
    let seats = 0
    let wake = () => {}
    const bus = await RedisBus.open({
      redis,
      url,
      clock,
      secrets,
      onConnectionChange: () => {},
      onFollow: () => {},
      onMessage: (room, heard) => {
        if (heard.kind !== 'seat') return
        roster.invalidate(room, heard.member)
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
      changes: takeChanges,
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

/** Does something for each number at once, in lots: a busy machine may take longer over more than anybody waits for Redis. */
export async function runInBatches<Result>(
  count: number,
  run: (number: number) => Promise<Result>,
  most = BATCH_SIZE,
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < count; from += most) {
    const lot = Array.from({ length: Math.min(most, count - from) }, (_, index) => run(from + index))
    results.push(...(await Promise.all(lot)))
  }
  return results
}

/** What the processes told since they were asked last. */
export function takePresenceChanges(...processes: readonly RosterProcess[]): Partial<PresenceChange>[] {
  return processes.flatMap((process) => process.changes.splice(0))
}
