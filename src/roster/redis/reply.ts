import type { Seat } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Change } from '../../chat/signal.ts'

type Told = readonly ['joined' | 'left', Name, string] | readonly ['renamed', Name, string, Name]

/** What a script of the roster replies; which parts, each says. */
export interface RosterReply {
  readonly seat: Seat | undefined
  /** A name that is free. */
  readonly name: Name | undefined
  readonly change: Partial<Change>
  /** There are as many places in the room as there may be. */
  readonly full: boolean
  readonly more: boolean
  readonly known: boolean
  readonly lost: boolean
  readonly next: number | undefined
  readonly seats: readonly { readonly id: string; readonly seat: Seat }[]
  readonly needy: readonly string[]
}

/** Trusted: only scripts of Snug reply so. In Lua a list of nothing is an object. */
export function readReply(json: unknown): RosterReply {
  const raw = JSON.parse(String(json)) as {
    seat?: [Name, string]
    name?: Name
    told?: Told[]
    full?: boolean
    more?: boolean
    known?: boolean
    lost?: boolean
    next?: number
    seats?: [string, Name, string][] | object
    needy?: string[] | object
  }
  return {
    seat: raw.seat && { name: raw.seat[0], tag: raw.seat[1] },
    name: raw.name,
    change: changeIn(raw.told ?? []),
    full: raw.full ?? false,
    more: raw.more ?? false,
    known: raw.known ?? false,
    lost: raw.lost ?? false,
    next: raw.next,
    seats: Array.isArray(raw.seats) ? raw.seats.map(([id, name, tag]) => ({ id, seat: { name, tag } })) : [],
    needy: Array.isArray(raw.needy) ? raw.needy : [],
  }
}

/** The place of somebody who is here. */
export function seatIn(place: string): Seat {
  const { name, tag } = JSON.parse(place) as Seat
  return { name, tag }
}

function changeIn(told: readonly Told[]): Partial<Change> {
  const joined: Seat[] = []
  const left: Seat[] = []
  const renamed: Change['renamed'][number][] = []
  for (const [kind, name, tag, before] of told) {
    if (kind === 'renamed') renamed.push({ name, tag, before })
    else (kind === 'joined' ? joined : left).push({ name, tag })
  }
  return {
    ...(joined.length > 0 && { joined }),
    ...(left.length > 0 && { left }),
    ...(renamed.length > 0 && { renamed }),
  }
}
