import type { Undo } from '../chat/ports/clock.ts'
import type { Limits } from '../chat/ports/limits.ts'
import type { Allowance, Caller, LimitedAction, RateLimit, RateLimits } from '../chat/rate-limit.ts'
import { rateLimited } from '../chat/rate-limited.ts'

/** What was spent of one allowance, by key. */
export interface Quota {
  /** Takes one, and returns what gives it back. */
  take(key: string): Promise<Undo>
}

/**
 * Makes a purse.
 * @param name of the allowance, among the others
 * @param refuse makes what is thrown when nothing is left for so many milliseconds
 */
export type OpenQuota = (name: string, allowance: Allowance, refuse: (ms: number) => Error) => Quota

type QuotaPair = Readonly<Record<keyof RateLimit, Quota | undefined>>

/** Limits of which each has a purse for members and one for addresses, wherever those count. */
export class Quotas implements Limits {
  readonly #quotas: Readonly<Record<LimitedAction, QuotaPair>>

  constructor(budgets: RateLimits, open: OpenQuota) {
    const purse = (what: LimitedAction, whose: keyof RateLimit): Quota | undefined => {
      const allowance = budgets[what][whose]
      return allowance && open(`${what} ${whose}`, allowance, (ms) => rateLimited(what, whose, ms))
    }
    const pair = (what: LimitedAction) => ({ member: purse(what, 'member'), address: purse(what, 'address') })
    this.#quotas = { post: pair('post'), name: pair('name'), room: pair('room') }
  }

  async take(what: LimitedAction, { member, address }: Caller): Promise<Undo> {
    const purses = this.#quotas[what]
    // The address first: those who come as somebody new each time are bounded by it, and so is what is kept of them.
    const giveBackAddress = await purses.address?.take(address)
    try {
      const giveBackMember = await purses.member?.take(member.id)
      return () => {
        giveBackMember?.()
        giveBackAddress?.()
      }
    } catch (error) {
      // Who is refused takes nothing from the neighbours.
      giveBackAddress?.()
      throw error
    }
  }
}
