import { snugContender } from '../contenders.ts'
import type { Round } from '../figures.ts'
import { describeCounts, type Figures } from '../figures.ts'
import type { IdleResult } from '../load/result.ts'
import type { Scenario } from '../scenarios.ts'
import { alternateOrder, type BenchContext } from './bench-context.ts'

/** Duration for the plain loop, which has no heartbeats to measure. */
const PLAIN_MS = 3000

export const RSS_PER_SUBSCRIBER = 'RSS per subscriber, KiB'
export const BUSY_WHILE_IDLE = 'server busy while idle, % of a core'

/** Measures many readers of a quiet room. */
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
    const duration = name === plain.name ? PLAIN_MS : ms
    const result = await environment.runLoad<'idle'>(server, {
      kind: 'idle',
      subscribers,
      settleMs,
      ms: duration,
    })
    await server.child.stop()
    measured[name] = {
      // The floor uses almost no memory of its own, so a ratio to it would mean nothing.
      ...(name !== floor?.name && memoryFigures(result)),
      ...(name !== plain.name && heartbeatFigures(result)),
    }
    errors.push(...describeCounts(name, { 'streams ended by the server': result.endedByServer }))
  }
  const { snug = {}, ...others } = measured
  return { snug, baselines: others, errors }
}

function memoryFigures({ bytesPerSubscriber }: IdleResult): Figures {
  return { [RSS_PER_SUBSCRIBER]: bytesPerSubscriber && bytesPerSubscriber / 1024 }
}

function heartbeatFigures({ serverCpuSeconds, seconds }: IdleResult): Figures {
  return { [BUSY_WHILE_IDLE]: serverCpuSeconds && (serverCpuSeconds / seconds) * 100 }
}

/** Measures the memory that remains after readers have come and gone. */
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
  const toMegabytes = (bytes: number | undefined) => bytes && bytes / 1e6
  return {
    snug: {
      'RSS afterwards, MB': toMegabytes(after),
      'RSS halfway, MB': toMegabytes(half),
      'server CPU per connect and close, µs': serverCpuSeconds && serverCpuSeconds * 1e6,
    },
    baselines: {
      'after one round': { 'RSS afterwards, MB': toMegabytes(before) },
      'before any round': { 'RSS afterwards, MB': toMegabytes(fresh) },
    },
    errors: describeCounts('snug', { 'streams ended by the server': endedByServer }),
  }
}
