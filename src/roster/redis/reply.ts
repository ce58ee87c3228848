import type { Seat } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { PresenceChange } from '../../chat/signal.ts'

type ChangeTuple = readonly ['joined' | 'left', Name, string] | readonly ['renamed', Name, string, Name]

/** The reply of a roster script. Each script sets only the fields that its comment names. */
export interface RosterReply {
  readonly seat: Seat | undefined
  /** A free name that the member would take. */
  readonly name: Name | undefined
  readonly change: Partial<PresenceChange>
  /** Whether the room has as many memberships as it may. */
  readonly full: boolean
  readonly more: boolean
  readonly leaseValid: boolean
  readonly leaseLost: boolean
  /** When the next time is over; milliseconds since 1970 by the clock of Redis. */
  readonly nextDueAt: number | undefined
  readonly seats: readonly { readonly id: string; readonly seat: Seat }[]
  readonly needsMoreNames: readonly string[]
}

/** Parses a reply, which is trusted because only scripts of Snug write it. Lua encodes an empty list as an object. */
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

/** Parses the seat from a membership that has one. */
export function parseSeat(membership: string): Seat {
  const { name, tag } = JSON.parse(membership) as Seat
  return { name, tag }
}

function toChange(changes: readonly ChangeTuple[]): Partial<PresenceChange> {
  const joined: Seat[] = []
  const left: Seat[] = []
  const renamed: PresenceChange['renamed'][number][] = []
  for (const [kind, name, tag, before] of changes) {
    if (kind === 'renamed') renamed.push({ name, tag, before })
    else (kind === 'joined' ? joined : left).push({ name, tag })
  }
  return {
    ...(joined.length > 0 && { joined }),
    ...(left.length > 0 && { left }),
    ...(renamed.length > 0 && { renamed }),
  }
}
