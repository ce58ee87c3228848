import { compileFloor } from './baselines/floor.ts'
import type { Environment, RunningServer } from './environment.ts'

/** A server that can be measured in the scenarios with readers. */
export interface Contender {
  readonly name: string
  /** @param streams how many readers there will be */
  readonly start: (streams: number) => Promise<RunningServer>
}

/** The servers that Snug is compared with in the scenarios with readers. */
export interface Baselines {
  /** The cost of the kernel alone; undefined without a C compiler. */
  readonly floor: Contender | undefined
  readonly plain: Contender
  /** A sentence for each missing baseline. */
  readonly unavailable: readonly string[]
}

export const FLOOR = 'C floor'
export const PLAIN = 'plain loop'

export function snugContender(environment: Environment): Contender {
  return { name: 'snug', start: (streams) => environment.startSnug(streams) }
}

/** @param frameBytes size of a frame on the wire, the same as Snug's */
export function createBaselines(environment: Environment, frameBytes: number): Baselines {
  const compiled = compileFloor()
  const bytes = String(frameBytes)
  return {
    floor:
      'program' in compiled
        ? { name: FLOOR, start: () => environment.startServer([compiled.program, bytes]) }
        : undefined,
    plain: { name: PLAIN, start: () => environment.startBaseline('plain-server', bytes) },
    unavailable: 'unavailable' in compiled ? [compiled.unavailable] : [],
  }
}
