import { snugContender } from '../contenders.ts'
import type { Round } from '../figures.ts'
import { describeCounts, type Figures } from '../figures.ts'
import type { IdleResult } from '../load/result.ts'
import type { Scenario } from '../scenarios.ts'
import { alternateOrder, type BenchContext } from './bench-context.ts'

/** The plain loop has no heartbeats to wait for. */
const PLAIN_MS = 3000

export const RSS_PER_SUBSCRIBER = 'RSS per subscriber, KiB'
export const BUSY_WHILE_IDLE = 'server busy while idle, % of a core'

/** Many readers of whom nobody says anything. */
export async function measureIdle(
  bench: BenchContext,
  { subscribers, settleMs, ms }: Extract<Scenario, { kind: 'idle' }>,
): Promise<Round> {
  const { environment, baselines } = bench
  const { floor, plain } = baselines
  const measured: Record<string, Figures> = {}
  const errors: string[] = []
  for (const { name, start } of alternateOrder(bench, [
    ...(floor ? [floor] : []),
    plain,
    snugContender(environment),
  ])) {
    const server = await start(2 * subscribers)
    const lasts = name === plain.name ? PLAIN_MS : ms
    const outcome = await environment.runLoad<'idle'>(server, {
      kind: 'idle',
      subscribers,
      settleMs,
      ms: lasts,
    })
    await server.child.stop()
    measured[name] = {
      // The floor takes next to none of its own: nothing can be compared with that.
      ...(name !== floor?.name && memoryFigures(outcome)),
      ...(name !== plain.name && heartbeatFigures(outcome)),
    }
    errors.push(...describeCounts(name, { 'streams ended by the server': outcome.endedByServer }))
  }
  const { snug: own = {}, ...others } = measured
  return { snug: own, baselines: others, errors }
}

function memoryFigures({ bytesPerSubscriber }: IdleResult): Figures {
  return { [RSS_PER_SUBSCRIBER]: bytesPerSubscriber && bytesPerSubscriber / 1024 }
}

function heartbeatFigures({ serverCpuSeconds, seconds }: IdleResult): Figures {
  return { [BUSY_WHILE_IDLE]: serverCpuSeconds && (serverCpuSeconds / seconds) * 100 }
}

/** What remains of readers who come and go. */
export async function measureChurn(
  { environment }: BenchContext,
  { subscribers, rounds }: Extract<Scenario, { kind: 'churn' }>,
): Promise<Round> {
  const server = await environment.startSnug(subscribers)
  const { fresh, before, half, after, endedByServer, serverCpuSeconds } = await environment.runLoad<'churn'>(
    server,
    {
      kind: 'churn',
      subscribers,
      rounds,
    },
  )
  await server.child.stop()
  const of = (resident: number | undefined) => resident && resident / 1e6
  return {
    snug: {
      'RSS after them, MB': of(after),
      'RSS halfway, MB': of(half),
      'server CPU per connect and end, µs': serverCpuSeconds && serverCpuSeconds * 1e6,
    },
    baselines: {
      'after one round': { 'RSS after them, MB': of(before) },
      'before anybody': { 'RSS after them, MB': of(fresh) },
    },
    errors: describeCounts('snug', { 'streams ended by the server': endedByServer }),
  }
}
