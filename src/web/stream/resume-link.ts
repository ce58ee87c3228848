import type { Look } from '../../../views/appearance.tsx'
import { ownUrl, roomPath } from '../../../views/room-path.ts'
import { type Format, isTerminal } from '../../chat/delivery/frames.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { embedLinks } from '../embed/links.ts'
import type { Tickets } from '../embed/tickets.ts'

/** Where a reader goes on that has no cursor of its own, by the query that holds its cursor. */
export type Again = (cursor: Readonly<Record<string, string>>) => string

export interface Where {
  readonly room: Slug
  readonly format: Format
  readonly query: URLSearchParams
  readonly origin: string
  readonly member: Member | undefined
  readonly look: Look | undefined
}

/** Where those go on who hold no cursor themselves: pages without scripts, and people at a terminal. */
export function comeAgain(tickets: Tickets, where: Where): Again {
  const { room, format, query, origin, member, look } = where
  if (!isTerminal(format))
    return (cursor) => {
      const url = look && member ? embedLinks(room, look, tickets.issue(room, member)) : ownUrl(room)
      return url(`/live.html?${new URLSearchParams({ ...cursor, continued: '' })}`)
    }
  const name = query.get('name')
  const wish = { ...(name !== null && { name }), ...(format === 'ansi' && { color: '' }) }
  return (cursor) => `${origin}${roomPath(room)}/live.txt?${new URLSearchParams({ ...cursor, ...wish })}`
}
