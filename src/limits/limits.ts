import type { Undo } from '../chat/ports/clock.ts'
import type { Limits } from '../chat/ports/limits.ts'
import type { Allowance, Budget, Budgets, Limited, Spender } from '../chat/rate-limit.ts'
import { tooMany } from '../chat/rate-limited.ts'

/** What was spent of one allowance, by key. */
export interface Purse {
  /** Takes one, and returns what gives it back. */
  spend(key: string): Promise<Undo>
}

/**
 * Makes a purse.
 * @param name of the allowance, among the others
 * @param refuse makes what is thrown when nothing is left for so many milliseconds
 */
export type OpenPurse = (name: string, allowance: Allowance, refuse: (ms: number) => Error) => Purse

type Pair = Readonly<Record<keyof Budget, Purse | undefined>>

/** Limits of which each has a purse for members and one for addresses, wherever those count. */
export class Purses implements Limits {
  readonly #purses: Readonly<Record<Limited, Pair>>

  constructor(budgets: Budgets, open: OpenPurse) {
    const purse = (what: Limited, whose: keyof Budget): Purse | undefined => {
      const allowance = budgets[what][whose]
      return allowance && open(`${what} ${whose}`, allowance, (ms) => tooMany(what, whose, ms))
    }
    const pair = (what: Limited) => ({ member: purse(what, 'member'), address: purse(what, 'address') })
    this.#purses = { post: pair('post'), name: pair('name'), room: pair('room') }
  }

  async spend(what: Limited, { member, address }: Spender): Promise<Undo> {
    const purses = this.#purses[what]
    // The address first: those who come as somebody new each time are bounded by it, and so is what is kept of them.
    const giveBackAddress = await purses.address?.spend(address)
    try {
      const giveBackMember = await purses.member?.spend(member.id)
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
