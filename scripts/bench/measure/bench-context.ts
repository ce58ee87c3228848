import type { Baselines } from '../contenders.ts'
import type { Environment } from '../environment.ts'

/** The environment of one measurement. */
export interface BenchContext {
  readonly environment: Environment
  readonly baselines: Baselines
  /** Number of the run, from 1. */
  readonly run: number
}

/** Reverses the order in every other run, so that no server always runs after the same one. */
export function alternateOrder<One>(bench: BenchContext, all: readonly One[]): readonly One[] {
  return bench.run % 2 === 0 ? all : all.toReversed()
}
