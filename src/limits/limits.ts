import type { Allowance, Caller, LimitedAction, RateLimit, RateLimits } from '../chat/limits/rate-limit.ts'
import { rateLimited } from '../chat/limits/rate-limited.ts'
import type { Undo } from '../chat/ports/clock.ts'
import type { Limits } from '../chat/ports/limits.ts'

/** Counts the uses of one allowance by key: the id of a member, or an address. */
export interface Quota {
  /**
   * Counts one use.
   * @returns gives the use back
   * @throws what `refuse` makes, if nothing is left
   */
  take(key: string): Promise<Undo>
}

/**
 * Opens the quota of one allowance.
 * @param name distinguishes the allowance from the others
 * @param refuse makes the error to throw when nothing is left for the next `ms` milliseconds
 */
export type OpenQuota = (name: string, allowance: Allowance, refuse: (ms: number) => Error) => Quota

type QuotaPair = Readonly<Record<keyof RateLimit, Quota | undefined>>

/** Limits with up to two quotas for each action: one for members and one for addresses. */
export class Quotas implements Limits {
  readonly #quotas: Readonly<Record<LimitedAction, QuotaPair>>

  constructor(rateLimits: RateLimits, open: OpenQuota) {
    const quota = (action: LimitedAction, per: keyof RateLimit): Quota | undefined => {
      const allowance = rateLimits[action][per]
      return allowance && open(`${action} ${per}`, allowance, (ms) => rateLimited(action, per, ms))
    }
    const pair = (action: LimitedAction) => ({
      member: quota(action, 'member'),
      address: quota(action, 'address'),
    })
    this.#quotas = { post: pair('post'), name: pair('name'), room: pair('room') }
  }

  async take(
    action: LimitedAction,
    { member, address }: Pick<Caller, 'address'> & Partial<Caller>,
  ): Promise<Undo> {
    const quotas = this.#quotas[action]
    // The address first: it limits callers who become a new member each time, and bounds what is counted for them.
    const giveBackAddress = await quotas.address?.take(address)
    try {
      const giveBackMember = member && (await quotas.member?.take(member.id))
      return () => {
        giveBackMember?.()
        giveBackAddress?.()
      }
    } catch (error) {
      // A refused member must not use up what the others at the same address have left.
      giveBackAddress?.()
      throw error
    }
  }
}
