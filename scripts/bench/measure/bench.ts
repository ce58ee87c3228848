import type { Beside } from '../contenders.ts'
import type { Arena } from '../environment.ts'

/** With what everything is measured. */
export interface Bench {
  readonly arena: Arena
  readonly beside: Beside
  /** Counted from 1; who goes first changes, so that nobody always finds the machine as another left it. */
  readonly run: number
}

/** In the order of the run. */
export function inTurn<One>(bench: Bench, all: readonly One[]): readonly One[] {
  return bench.run % 2 === 0 ? all : all.toReversed()
}
