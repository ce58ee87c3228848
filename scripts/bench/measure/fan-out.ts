import { type Contender, snug } from '../contenders.ts'
import type { Running } from '../environment.ts'
import { type Figures, fanOutFigures, faultsOf, type Round } from '../figures.ts'
import type { FanOut } from '../scenarios.ts'
import { type Bench, inTurn } from './bench.ts'

/** One after the other, each with a server of its own. */
export async function measureFanOut(
  bench: Bench,
  scenario: FanOut,
  others: readonly Contender[],
): Promise<Round> {
  const figures = new Map<string, Figures>()
  const faults: string[] = []
  for (const { name, start } of inTurn(bench, [...others, snug(bench.arena)])) {
    const server = await start(scenario.subscribers)
    const outcome = await loadOnce(bench, server, scenario)
    figures.set(name, fanOutFigures(outcome))
    faults.push(...faultsOf(name, outcome))
  }
  const beside = Object.fromEntries(others.map(({ name }) => [name, figures.get(name) ?? {}]))
  return { snug: figures.get('snug') ?? {}, beside, faults }
}

async function loadOnce({ arena }: Bench, server: Running, scenario: FanOut) {
  try {
    return await arena.load<'fan-out'>(server, scenario)
  } finally {
    await server.child.stop()
  }
}
