import type { Seat } from './member.ts'
import type { Name } from './name.ts'

/** Who came to a room, who went, and who is called otherwise now. */
export interface Change {
  readonly joined: readonly Seat[]
  readonly left: readonly Seat[]
  readonly renamed: readonly Renaming[]
}

export interface Renaming extends Seat {
  readonly before: Name
}

/** How many members are here, and what changed in it. */
export interface Here extends Change {
  readonly kind: 'here'
  readonly count: number
  /** How many more came and went than are named: they are too many. */
  readonly more: { readonly joined: number; readonly left: number }
}

/** Somebody is writing. */
export interface Typing extends Seat {
  readonly kind: 'typing'
}

/** What is no event: it has no id, and nobody is told of it later. */
export type Signal = Here | Typing
