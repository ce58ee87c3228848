import type { Seat } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { PresenceChange } from '../../chat/signal.ts'

type ChangeTuple = readonly ['joined' | 'left', Name, string] | readonly ['renamed', Name, string, Name]

/** What a script of the roster replies; which parts, each says. */
export interface RosterReply {
  readonly seat: Seat | undefined
  /** A name that is free. */
  readonly name: Name | undefined
  readonly change: Partial<PresenceChange>
  /** There are as many places in the room as there may be. */
  readonly full: boolean
  readonly more: boolean
  readonly leaseValid: boolean
  readonly leaseLost: boolean
  readonly nextDueAt: number | undefined
  readonly seats: readonly { readonly id: string; readonly seat: Seat }[]
  readonly needsMoreNames: readonly string[]
}

/** Trusted: only scripts of Snug reply so. In Lua a list of nothing is an object. */
export function parseRosterReply(json: unknown): RosterReply {
  const raw = JSON.parse(String(json)) as {
    seat?: [Name, string]
    name?: Name
    told?: ChangeTuple[]
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
    change: toChange(raw.told ?? []),
    full: raw.full ?? false,
    more: raw.more ?? false,
    leaseValid: raw.known ?? false,
    leaseLost: raw.lost ?? false,
    nextDueAt: raw.next,
    seats: Array.isArray(raw.seats) ? raw.seats.map(([id, name, tag]) => ({ id, seat: { name, tag } })) : [],
    needsMoreNames: Array.isArray(raw.needy) ? raw.needy : [],
  }
}

/** The place of somebody who is here. */
export function parseSeat(place: string): Seat {
  const { name, tag } = JSON.parse(place) as Seat
  return { name, tag }
}

function toChange(told: readonly ChangeTuple[]): Partial<PresenceChange> {
  const joined: Seat[] = []
  const left: Seat[] = []
  const renamed: PresenceChange['renamed'][number][] = []
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
