import { snug } from '../contenders.ts'
import type { Round } from '../figures.ts'
import { counted, type Figures } from '../figures.ts'
import type { IdleOutcome } from '../load/outcome.ts'
import type { Scenario } from '../scenarios.ts'
import { type Bench, inTurn } from './bench.ts'

/** The plain loop has no heartbeats to wait for. */
const PLAIN_MS = 3000

export const RSS_PER_SUBSCRIBER = 'RSS per subscriber, KiB'
export const BUSY_WHILE_IDLE = 'server busy while idle, % of a core'

/** Many readers of whom nobody says anything. */
export async function measureIdle(
  bench: Bench,
  { subscribers, settleMs, ms }: Extract<Scenario, { kind: 'idle' }>,
): Promise<Round> {
  const { arena, beside } = bench
  const { floor, plain } = beside
  const measured: Record<string, Figures> = {}
  const faults: string[] = []
  for (const { name, start } of inTurn(bench, [...(floor ? [floor] : []), plain, snug(arena)])) {
    const server = await start(2 * subscribers)
    const lasts = name === plain.name ? PLAIN_MS : ms
    const outcome = await arena.load<'idle'>(server, { kind: 'idle', subscribers, settleMs, ms: lasts })
    await server.child.stop()
    measured[name] = {
      // The floor takes next to none of its own: nothing can be compared with that.
      ...(name !== floor?.name && memoryFigures(outcome)),
      ...(name !== plain.name && heartbeatFigures(outcome)),
    }
    faults.push(...counted(name, { 'streams ended by the server': outcome.lost }))
  }
  const { snug: own = {}, ...others } = measured
  return { snug: own, beside: others, faults }
}

function memoryFigures({ bytesPerSubscriber }: IdleOutcome): Figures {
  return { [RSS_PER_SUBSCRIBER]: bytesPerSubscriber && bytesPerSubscriber / 1024 }
}

function heartbeatFigures({ serverCpuSeconds, seconds }: IdleOutcome): Figures {
  return { [BUSY_WHILE_IDLE]: serverCpuSeconds && (serverCpuSeconds / seconds) * 100 }
}

/** What remains of readers who come and go. */
export async function measureChurn(
  { arena }: Bench,
  { subscribers, rounds }: Extract<Scenario, { kind: 'churn' }>,
): Promise<Round> {
  const server = await arena.snug(subscribers)
  const { fresh, before, half, after, lost, serverCpuSeconds } = await arena.load<'churn'>(server, {
    kind: 'churn',
    subscribers,
    rounds,
  })
  await server.child.stop()
  const of = (resident: number | undefined) => resident && resident / 1e6
  return {
    snug: {
      'RSS after them, MB': of(after),
      'RSS halfway, MB': of(half),
      'server CPU per connect and end, µs': serverCpuSeconds && serverCpuSeconds * 1e6,
    },
    beside: {
      'after one round': { 'RSS after them, MB': of(before) },
      'before anybody': { 'RSS after them, MB': of(fresh) },
    },
    faults: counted('snug', { 'streams ended by the server': lost }),
  }
}
