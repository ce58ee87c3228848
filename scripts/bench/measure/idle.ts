import type { Round } from '../figures.ts'
import { counted, type Figures } from '../figures.ts'
import type { IdleOutcome } from '../load/outcome.ts'
import type { Scenario } from '../scenarios.ts'
import { type Bench, inTurn } from './bench.ts'

/** The plain loop has no heartbeats to wait for. */
const PLAIN_MS = 3000

export const RSS_PER_SUBSCRIBER = 'RSS per subscriber, KiB'

/** Many readers of whom nobody says anything. */
export async function measureIdle(
  bench: Bench,
  { subscribers, ms }: Extract<Scenario, { kind: 'idle' }>,
): Promise<Round> {
  const { arena, beside } = bench
  const measured: Record<string, Figures> = {}
  const faults: string[] = []
  for (const name of inTurn(bench, [beside.plain.name, 'snug'])) {
    const server = name === 'snug' ? await arena.snug(2 * subscribers) : await beside.plain.start(subscribers)
    const job = { kind: 'idle', subscribers, ms: name === 'snug' ? ms : PLAIN_MS } as const
    const outcome = await arena.load<'idle'>(server, job)
    await server.child.stop()
    measured[name] = idleFigures(outcome)
    faults.push(...counted(name, { 'streams ended by the server': outcome.lost }))
  }
  return {
    snug: measured.snug ?? {},
    beside: { [beside.plain.name]: measured[beside.plain.name] ?? {} },
    faults,
  }
}

export function idleFigures({ bytesPerSubscriber, serverCpuSeconds, seconds }: IdleOutcome): Figures {
  return {
    [RSS_PER_SUBSCRIBER]: bytesPerSubscriber && bytesPerSubscriber / 1024,
    'server busy while idle, % of a core': serverCpuSeconds && (serverCpuSeconds / seconds) * 100,
  }
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
