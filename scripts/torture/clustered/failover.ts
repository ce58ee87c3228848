import { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import type { TestScope } from '../../../test/support/process/snug-process.ts'
import { RedisServer } from '../../../test/support/redis/redis-server.ts'
import { Sentinels } from '../../../test/support/redis/sentinels.ts'
import { RestartableProcess } from './restartable-process.ts'
import {
  addPostersAt,
  compareTranscripts,
  makeRoomKept,
  openRoom,
  type Room,
  readHistory,
  waitUntilAcknowledged,
} from './rooms.ts'

/** How a replica takes the place of a primary that had more than it. */
export interface FailoverCase {
  readonly appendfsync: 'always' | 'everysec'
  /** Promoted by an operator, who leads the processes to it, or by real sentinels. */
  readonly promotedBy: 'hand' | 'sentinel'
  /** Whether the process with all readers is killed together with the primary. */
  readonly followerDies: boolean
  /** Promotions: after the second one, the first server is the primary again. */
  readonly times: number
}

export interface FailoverOptions extends FailoverCase {
  /** dist/snug, or the bundle. */
  readonly program: string
  /** Milliseconds between a response and the poster's next post. */
  readonly everyMs: number
  readonly log?: ((line: string) => void) | undefined
}

export interface FailoverReport {
  readonly acknowledged: number
  /** Acknowledged messages of the kept room that the promoted replicas lacked. */
  readonly lost: number
  /** Gaps that readers of both rooms received. */
  readonly gaps: number
  /** Milliseconds from the death of a primary until every poster had a post acknowledged, the slowest of all. */
  readonly slowestFailover: number
  /** The same from the end of the promotion: Sentinel may need two elections before. */
  readonly slowestRecovery: number
  readonly violations: readonly string[]
}

/** All cases, for `npm run torture`. */
export const FAILOVER_CASES: readonly FailoverCase[] = (['hand', 'sentinel'] as const).flatMap((promotedBy) =>
  (['always', 'everysec'] as const).flatMap((appendfsync) =>
    [false, true].map((followerDies) => ({ appendfsync, promotedBy, followerDies, times: 2 })),
  ),
)

export function describeFailover({ appendfsync, promotedBy, followerDies, times }: FailoverCase): string {
  const deaths = followerDies ? 'primary and follower die' : 'primary dies'
  return `${deaths} under ${appendfsync}, promotion by ${promotedBy}, ${times} times`
}

// Redis waits five seconds for more replicas otherwise.
const AT_ONCE = ['--repl-diskless-sync-delay', '0', '--appendonly', 'yes']

/** Sentinel waits twice as long between two failovers of a primary. */
const FAILOVER_TIMEOUT_MS = 2_000

/** Nobody can have a post acknowledged this soon after the death of the primary. */
const RESPONSES_ARRIVE_MS = 250

/** How long the primary waits for its replica to have everything before it is cut off. */
const REPLICATED_TIMEOUT_MS = '5000'

/** Promotes a replica that lacks acknowledged messages, while two processes post and read in rooms of both kinds. */
export async function tortureFailover(options: FailoverOptions): Promise<FailoverReport> {
  const cleanups: (() => unknown)[] = []
  const scope: TestScope = { after: (run: () => unknown) => void cleanups.unshift(run) }
  try {
    return await runFailovers(scope, options)
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

async function runFailovers(scope: TestScope, options: FailoverOptions): Promise<FailoverReport> {
  const { program, everyMs, followerDies, times, log } = options
  const cluster = await startReplicated(scope, options)
  const processes = [
    await RestartableProcess.start(scope, program, cluster.url),
    await RestartableProcess.start(scope, program, cluster.url),
  ] as const
  const [follower, other] = processes
  await makeRoomKept(follower.url, 'kept')
  const readAt = followerDies ? [follower.url] : [follower.url, other.url]
  // A process follows the rooms where it takes posts. If the follower dies, the other one must not know their numbers.
  const postAt = followerDies ? [follower.url] : [follower.url, other.url]
  const open = (name: string) => openRoom(name, { readAt, postAt, everyMs, mayDie: true, mayLose: true })
  const rooms = await Promise.all(['kept', 'vanishing'].map(open))
  const readers = rooms.flatMap((room) => room.readers)
  const posters = rooms.flatMap((room) => room.posters)
  const addPosters = () => {
    for (const room of rooms) posters.push(...addPostersAt(room, other.url, { everyMs, mayDie: true }))
  }
  scope.after(() => Promise.all(readers.map((reader) => reader.close())))
  const violations: string[] = []
  const mayBeLost = new Set<string>()
  let slowestFailover = 0
  let slowestRecovery = 0
  for (let time = 1; time <= times; time++) {
    await waitUntilAcknowledged(posters, violations)
    const replicated = acknowledgedTexts(rooms)
    await cluster.cutReplica()
    // The first response may be to a post that the replica still has.
    for (let posts = 0; posts < 2; posts++) await waitUntilAcknowledged(posters, violations)
    const startedAt = performance.now()
    await Promise.all([cluster.killPrimary(), followerDies && follower.kill()])
    // Responses of the primary may still be on their way to the posters.
    await new Promise((resolve) => setTimeout(resolve, RESPONSES_ARRIVE_MS))
    for (const text of acknowledgedTexts(rooms)) if (!replicated.has(text)) mayBeLost.add(text)
    await cluster.promote()
    const promotedAt = performance.now()
    if (followerDies && time === 1) addPosters()
    if (followerDies) await follower.start()
    await waitUntilAcknowledged(posters, violations)
    const [failover, recovery] = [startedAt, promotedAt].map((since) => performance.now() - since) as [
      number,
      number,
    ]
    slowestFailover = Math.max(slowestFailover, failover)
    slowestRecovery = Math.max(slowestRecovery, recovery)
    const took = `${Math.round(failover)} ms, ${Math.round(recovery)} of them after the promotion`
    log?.(`${describeFailover(options)}: survived the ${time}. after ${took}`)
    if (time < times) await cluster.attachFormerPrimary()
  }
  await Promise.all(posters.map((poster) => poster.close()))
  for (const room of rooms) await compareTranscripts(room, true)
  const lost = await compareStore(rooms, other.url, mayBeLost)
  return {
    acknowledged: posters.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
    lost,
    gaps: readers.reduce((sum, { transcript }) => sum + transcript.gaps, 0),
    slowestFailover,
    slowestRecovery,
    violations: [
      ...violations,
      ...rooms.flatMap(({ history }) => history.violations),
      ...posters.flatMap((poster) => poster.violations),
    ],
  }
}

async function startReplicated(
  t: TestScope,
  { appendfsync, promotedBy }: Pick<FailoverCase, 'appendfsync' | 'promotedBy'>,
) {
  const args = [...AT_ONCE, '--appendfsync', appendfsync]
  let [primary, replica] = [await RedisServer.start(t, { args }), await RedisServer.start(t, { args })]
  await replica.replicate(primary)
  const address = ({ port }: RedisServer) => `http://127.0.0.1:${port}`
  const entrance = await CuttingProxy.start(t, address(primary))
  const lines = [`sentinel failover-timeout the-primary ${FAILOVER_TIMEOUT_MS}`]
  const sentinels = promotedBy === 'sentinel' ? await Sentinels.start(t, primary, 1, { lines }) : undefined
  return {
    /** The value of `--redis`. */
    url: sentinels?.url() ?? entrance.url.replace('http:', 'redis:'),
    /** What the primary takes from now on is not on the replica. */
    cutReplica: async () => {
      await primary.command('WAIT', '1', REPLICATED_TIMEOUT_MS)
      await primary.command('ACL', 'SETUSER', 'default', '-sync', '-psync', '-replconf')
      await primary.command('CLIENT', 'KILL', 'TYPE', 'replica')
    },
    killPrimary: () => primary.kill(),
    promote: async () => {
      if (!sentinels) {
        await replica.promote()
        entrance.target = address(replica)
        entrance.cut()
      }
      await sentinels?.waitForPrimary(replica)
      ;[primary, replica] = [replica, primary]
    },
    /** The former primary comes back, loses what it alone had, and is the replica of the next promotion. */
    attachFormerPrimary: async () => {
      await replica.start()
      await replica.replicate(primary)
      await sentinels?.waitForReplica(primary)
    },
  }
}

function acknowledgedTexts(rooms: readonly Room[]): Set<string> {
  return new Set(
    rooms.flatMap(({ posters }) => posters.flatMap(({ acknowledged }) => [...acknowledged.keys()])),
  )
}

// Checks that the kept room stores each acknowledged message. Returns the number of messages that it does not.
async function compareStore(
  rooms: readonly Room[],
  url: string,
  mayBeLost: ReadonlySet<string>,
): Promise<number> {
  const [kept] = rooms.filter((room) => room.kept)
  if (!kept) return 0
  for (const { kept: isStored, history, readers } of rooms)
    for (const [from, to] of isStored ? [] : readers.flatMap(({ transcript }) => transcript.jumps))
      history.violations.push(`${to} follows ${from} without a gap`)
  const { history, posters, readers } = kept
  const stored = new Set<string>()
  // The message after each one, by id.
  const successors = new Map<string, string>()
  let later = ''
  for (const { id, text } of await readHistory(`${url}/r/${kept.name}`)) {
    history.recordEvent(id, text)
    if (stored.has(text)) history.violations.push(`“${text}” is stored twice`)
    stored.add(text)
    successors.set(id, later)
    later = id
  }
  const lost = posters.flatMap(({ acknowledged }) =>
    [...acknowledged.keys()].filter((text) => !stored.has(text)),
  )
  for (const text of lost)
    if (!mayBeLost.has(text)) history.violations.push(`“${text}” was lost, although the replica had it`)
  for (const [from, to] of readers.flatMap(({ transcript }) => transcript.jumps))
    if (successors.get(from) !== to) history.violations.push(`${to} follows ${from} without a gap`)
  for (const { transcript } of readers)
    if (lost.length > 0 && transcript.gaps === 0)
      history.violations.push(`${lost.length} messages were lost, and a reader was told of no gap`)
  return lost.length
}
