import type { Address } from './address.ts'
import type { Member } from './member.ts'

/** What is limited: what is said or changed, names taken, rooms kept, listed or taken home. */
export type LimitedAction = 'post' | 'name' | 'room'

/** Who spends: a member, from an address that others may share. */
export interface Caller {
  readonly member: Member
  readonly address: Address
}

/** So many in one window, which begins with the first of them. */
export interface Allowance {
  readonly count: number
  /** Whole milliseconds, at least 1. */
  readonly windowMs: number
}

/** What is allowed to one member, and to all members of one address together; undefined: any number. */
export interface RateLimit {
  readonly member: Allowance | undefined
  readonly address: Allowance | undefined
}

export type RateLimits = Readonly<Record<LimitedAction, RateLimit>>
