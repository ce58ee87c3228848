import { type Contender, snugContender } from '../contenders.ts'
import type { RunningServer } from '../environment.ts'
import { deliveryErrors, type Figures, fanOutFigures, type Round } from '../figures.ts'
import type { FanOutScenario } from '../scenarios.ts'
import { alternateOrder, type BenchContext } from './bench-context.ts'

/** Measures Snug and the others in succession, each on a fresh server. */
export async function measureFanOut(
  bench: BenchContext,
  scenario: FanOutScenario,
  others: readonly Contender[],
): Promise<Round> {
  const figures = new Map<string, Figures>()
  const errors: string[] = []
  for (const { name, start } of alternateOrder(bench, [...others, snugContender(bench.environment)])) {
    const server = await start(scenario.subscribers)
    const result = await loadServer(bench, server, scenario)
    figures.set(name, fanOutFigures(result))
    errors.push(...deliveryErrors(name, result))
  }
  const baselines = Object.fromEntries(others.map(({ name }) => [name, figures.get(name) ?? {}]))
  return { snug: figures.get('snug') ?? {}, baselines, errors }
}

async function loadServer({ environment }: BenchContext, server: RunningServer, scenario: FanOutScenario) {
  try {
    return await environment.runLoad<'fan-out'>(server, scenario)
  } finally {
    await server.child.stop()
  }
}
