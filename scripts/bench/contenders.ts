import { compileFloor } from './baselines/floor.ts'
import type { Arena, Running } from './environment.ts'

/** A server that can be measured in a scenario of readers. */
export interface Contender {
  readonly name: string
  /** @param streams how many readers there will be */
  readonly start: (streams: number) => Promise<Running>
}

/** Those that stand beside Snug wherever something goes to readers. */
export interface Beside {
  /** The kernel's own price, where there is a C compiler. */
  readonly floor: Contender | undefined
  readonly plain: Contender
  /** In words, what is not there. */
  readonly lacks: readonly string[]
}

export const FLOOR = 'C floor'
export const PLAIN = 'plain loop'

export function snug(arena: Arena): Contender {
  return { name: 'snug', start: (streams) => arena.snug(streams) }
}

/** @param frameBytes the size of Snug's frames on the wire, which theirs have too */
export function standBeside(arena: Arena, frameBytes: number): Beside {
  const compiled = compileFloor()
  const bytes = String(frameBytes)
  return {
    floor:
      'program' in compiled
        ? { name: FLOOR, start: () => arena.start([compiled.program, bytes]) }
        : undefined,
    plain: { name: PLAIN, start: () => arena.script('plain-server', bytes) },
    lacks: 'lack' in compiled ? [compiled.lack] : [],
  }
}
