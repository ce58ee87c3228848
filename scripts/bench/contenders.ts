import { compileFloor } from './baselines/floor.ts'
import type { Environment, RunningServer } from './environment.ts'

/** A server that can be measured in a scenario of readers. */
export interface Contender {
  readonly name: string
  /** @param streams how many readers there will be */
  readonly start: (streams: number) => Promise<RunningServer>
}

/** Those that stand beside Snug wherever something goes to readers. */
export interface Baselines {
  /** The kernel's own price, where there is a C compiler. */
  readonly floor: Contender | undefined
  readonly plain: Contender
  /** In words, what is not there. */
  readonly unavailable: readonly string[]
}

export const FLOOR = 'C floor'
export const PLAIN = 'plain loop'

export function snugContender(arena: Environment): Contender {
  return { name: 'snug', start: (streams) => arena.startSnug(streams) }
}

/** @param frameBytes the size of Snug's frames on the wire, which theirs have too */
export function createBaselines(arena: Environment, frameBytes: number): Baselines {
  const compiled = compileFloor()
  const bytes = String(frameBytes)
  return {
    floor:
      'program' in compiled
        ? { name: FLOOR, start: () => arena.startServer([compiled.program, bytes]) }
        : undefined,
    plain: { name: PLAIN, start: () => arena.startBaseline('plain-server', bytes) },
    unavailable: 'lack' in compiled ? [compiled.lack] : [],
  }
}
