import type { Address } from '../address.ts'
import type { Member } from '../member.ts'

/** A limited action. `post`: post or change; `name`: take a name; `room`: keep, list or download a room. */
export type LimitedAction = 'post' | 'name' | 'room'

/** The source of a request: a member, and an address that other members may share. */
export interface Caller {
  readonly member: Member
  readonly address: Address
}

/** A number of actions per window. A window begins with its first action. */
export interface Allowance {
  readonly count: number
  /** Whole milliseconds, at least 1. */
  readonly windowMs: number
}

/** The allowances of one member, and of all members of one address together. Undefined: unlimited. */
export interface RateLimit {
  readonly member: Allowance | undefined
  readonly address: Allowance | undefined
}

/** What one address may read, in this process. Undefined: unlimited. */
export interface ReadLimit {
  readonly requests: Allowance | undefined
  /** Milliseconds of CPU time. */
  readonly cpu: Allowance | undefined
}

export type RateLimits = Readonly<Record<LimitedAction, RateLimit>>
