import { friendlyName } from '../chat/friendly-name.ts'
import type { Member, MemberId } from '../chat/member.ts'
import type { Clock, Roster, Secrets, Undo } from '../chat/ports.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'

/** Names held at once in all rooms, a few hundred bytes each. */
export const HOLDINGS_MAX = 200_000

/** How often names whose time is over are looked for, at the least. */
const SWEEP_MS = 5_000

interface Holding {
  readonly name: string
  streams: number
  /** When the name is free again, once no stream is open. */
  until: number
}

interface Holdings {
  readonly byMember: Map<MemberId, Holding>
  readonly names: Map<string, MemberId>
}

/** The roster of a single process. */
export class MemoryRoster implements Roster {
  readonly #clock: Clock
  readonly #secrets: Secrets
  readonly #holdMs: number
  readonly #rooms = new Map<Slug, Holdings>()
  #held = 0
  #stopSweeping: Undo

  /** @param holdMs how long a name stays its member's after the last stream or request */
  constructor(clock: Clock, secrets: Secrets, holdMs: number) {
    this.#clock = clock
    this.#secrets = secrets
    this.#holdMs = holdMs
    this.#stopSweeping = clock.after(SWEEP_MS, () => this.#sweep())
  }

  async nameOf(room: Slug, member: Member): Promise<string> {
    return this.#rooms.get(room)?.byMember.get(member.id)?.name ?? this.#freeName(room, member)
  }

  async take(room: Slug, member: Member): Promise<string> {
    return this.#hold(room, member).name
  }

  async enter(room: Slug, member: Member): Promise<Undo> {
    const holding = this.#hold(room, member)
    holding.streams++
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      holding.streams--
      holding.until = this.#clock.elapsed() + this.#holdMs
    }
  }

  async leave(room: Slug, member: Member): Promise<void> {
    this.#free(room, member.id)
  }

  async here(room: Slug): Promise<number> {
    let count = 0
    for (const holding of this.#rooms.get(room)?.byMember.values() ?? []) if (holding.streams > 0) count++
    return count
  }

  close(): void {
    this.#stopSweeping()
  }

  #hold(room: Slug, member: Member): Holding {
    const until = this.#clock.elapsed() + this.#holdMs
    const held = this.#rooms.get(room)?.byMember.get(member.id)
    if (held) {
      held.until = until
      return held
    }
    if (this.#held >= HOLDINGS_MAX) {
      throw new Refusal('busy', 'Too many people are here just now. Try again in a minute.', 60)
    }
    const holding: Holding = { name: this.#freeName(room, member), streams: 0, until }
    const holdings = this.#rooms.get(room) ?? { byMember: new Map(), names: new Map() }
    this.#rooms.set(room, holdings)
    holdings.byMember.set(member.id, holding)
    holdings.names.set(holding.name, member.id)
    this.#held++
    return holding
  }

  #free(room: Slug, member: MemberId): void {
    const holdings = this.#rooms.get(room)
    const holding = holdings?.byMember.get(member)
    if (!holdings || !holding) return
    holdings.byMember.delete(member)
    holdings.names.delete(holding.name)
    if (holdings.byMember.size === 0) this.#rooms.delete(room)
    this.#held--
  }

  #freeName(room: Slug, member: Member): string {
    const taken = this.#rooms.get(room)?.names
    const seed = this.#secrets.digest('name', room, member.id)
    for (let attempt = 0; ; attempt++) {
      const name = friendlyName(seed, attempt)
      if (!taken?.has(name)) return name
    }
  }

  #sweep(): void {
    const now = this.#clock.elapsed()
    for (const [room, { byMember }] of this.#rooms) {
      for (const [member, holding] of byMember) {
        if (holding.streams === 0 && holding.until <= now) this.#free(room, member)
      }
    }
    this.#stopSweeping = this.#clock.after(SWEEP_MS, () => this.#sweep())
  }
}
