import { isLongerThan } from './bounded-text.ts'
import { lookalikesOf } from './names/lookalikes.ts'
import type { Clock } from './ports/clock.ts'
import type { Roster } from './ports/roster.ts'
import type { Store } from './ports/store.ts'
import type { VisitedRooms } from './ports/visited-rooms.ts'
import { RecentCache } from './recent-cache.ts'
import { parseSlug, SLUG_MAX_CODE_POINTS, type Slug } from './room.ts'

/** The rooms that are remembered, some half a kilobyte each. */
const ROOMS_MAX = 10_000

/** A process that started since then knows the room after this time at the latest, if it is still in use. */
const TELL_AGAIN_MS = 600_000

/** More rooms that look like one are not remembered, nor shown. */
const SIMILAR_MAX = 3

/**
 * Rooms whose names can be mistaken for each other, such as `İstanbul` and `istanbul`, as names of people can (UTS
 * #39).
 * It knows the rooms that were entered or viewed lately in any process, and the plain spelling of each in other
 * letters.
 * That is enough for a hint: it keeps no room from being made.
 */
export class SimilarRooms {
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #visitedRooms: VisitedRooms | undefined
  /** When the other processes were told of a room, in milliseconds of the elapsed clock. */
  readonly #toldAt = new RecentCache<number>(ROOMS_MAX)
  readonly #looks = new RecentCache<readonly string[]>(ROOMS_MAX)
  readonly #roomsByLook = new RecentCache<readonly Slug[]>(3 * ROOMS_MAX)

  /** @param visitedRooms tells other processes of the rooms here, and this one of theirs */
  constructor(clock: Pick<Clock, 'elapsed'>, visitedRooms?: VisitedRooms) {
    this.#clock = clock
    this.#visitedRooms = visitedRooms
    visitedRooms?.listen((room) => this.#remember(room))
  }

  /** Remembers a room that somebody views or enters. */
  record(room: Slug): void {
    this.#remember(room)
    if (!this.#visitedRooms) return
    const now = this.#clock.elapsed()
    const toldAt = this.#toldAt.get(room)
    if (toldAt !== undefined && now - toldAt < TELL_AGAIN_MS) return
    this.#toldAt.set([...room].join(''), now)
    this.#visitedRooms.tell(room)
  }

  #remember(room: Slug): void {
    for (const look of this.#looksOf(room)) {
      const rooms = this.#roomsByLook.get(look) ?? []
      const others = rooms.filter((other) => other !== room)
      this.#roomsByLook.set(look, [room, ...others].slice(0, SIMILAR_MAX + 1))
    }
  }

  /** The rooms that look like this one and exist: they are kept, or somebody is there. */
  async find(
    { store, roster }: { readonly store: Store; readonly roster: Roster },
    room: Slug,
  ): Promise<Slug[]> {
    const candidates = new Set<Slug>()
    // The skeleton of a plain name is no name: `team` looks like `tearn`.
    const isPlain = /^[a-z\d-]+$/.test(room)
    for (const look of this.#looksOf(room)) {
      for (const other of this.#roomsByLook.get(look) ?? []) candidates.add(other)
      if (!isPlain && isSlug(look)) candidates.add(look)
    }
    candidates.delete(room)
    if (candidates.size === 0) return []
    const found = await Promise.all(
      [...candidates].map(async (other) => {
        const exists = (await store.findKeptRoom(other)) || (await roster.countHere(other)) > 0
        return exists ? [other] : []
      }),
    )
    return found.flat().slice(0, SIMILAR_MAX)
  }

  #looksOf(room: Slug): readonly string[] {
    const cached = this.#looks.get(room)
    if (cached) return cached
    const looks = lookalikesOf(room)
    // A copy: a slice of the request would keep the whole request in memory.
    this.#looks.set([...room].join(''), looks)
    return looks
  }
}

/** A look is a slug if it is its own slug. Looks in capitals, and those with other signs, are none. */
function isSlug(look: string): look is Slug {
  return /[\p{L}\p{Nd}]/u.test(look) && !isLongerThan(look, SLUG_MAX_CODE_POINTS) && parseSlug(look) === look
}
