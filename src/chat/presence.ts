import type { Hub } from './hub.ts'
import type { Clock, Roster } from './ports.ts'
import type { Slug } from './room.ts'

/** Those who come and go within this time are told of together. */
const GATHER_MS = 500

/** Tells a room's readers how many are here, soon after that changed. */
export class Presence {
  readonly #roster: Roster
  readonly #hub: Hub<unknown>
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #changed = new Set<Slug>()

  /** @param report takes what went wrong where nobody waits for an answer */
  constructor(roster: Roster, hub: Hub<unknown>, clock: Clock, report: (error: unknown) => void) {
    this.#report = report
    this.#roster = roster
    this.#hub = hub
    this.#clock = clock
  }

  /** Somebody came to the room, or went. */
  changed(room: Slug): void {
    if (this.#changed.has(room)) return
    this.#changed.add(room)
    this.#clock.after(GATHER_MS, () => {
      this.#changed.delete(room)
      this.#tell(room).catch(this.#report)
    })
  }

  async #tell(room: Slug): Promise<void> {
    const feed = this.#hub.openFeed(room)
    if (feed) feed.signal({ kind: 'here', count: await this.#roster.here(room) })
  }
}
