import type { Budget, Budgets, Limited, Spender } from '../chat/budget.ts'
import type { Clock, Limits, Undo } from '../chat/ports.ts'
import { tooMany } from '../chat/too-many.ts'
import { Windows } from './windows.ts'

type Purses = Readonly<Record<keyof Budget, Windows | undefined>>

/** The limits of a single process. */
export class MemoryLimits implements Limits {
  readonly #purses: Readonly<Record<Limited, Purses>>

  constructor(clock: Clock, budgets: Budgets) {
    const purse = (what: Limited, whose: keyof Budget): Windows | undefined => {
      const allowance = budgets[what][whose]
      return allowance && new Windows(clock, allowance, (ms) => tooMany(what, whose, ms))
    }
    const purses = (what: Limited) => ({ member: purse(what, 'member'), address: purse(what, 'address') })
    this.#purses = { post: purses('post'), name: purses('name'), room: purses('room') }
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
