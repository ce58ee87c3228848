import type { Baselines } from '../contenders.ts'
import type { Environment } from '../environment.ts'

/** With what everything is measured. */
export interface BenchContext {
  readonly environment: Environment
  readonly baselines: Baselines
  /** Counted from 1; who goes first changes, so that nobody always finds the machine as another left it. */
  readonly run: number
}

/** In the order of the run. */
export function alternateOrder<One>(bench: BenchContext, all: readonly One[]): readonly One[] {
  return bench.run % 2 === 0 ? all : all.toReversed()
}
