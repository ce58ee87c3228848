import type { Appearance } from '../../../views/appearance.tsx'
import { roomPath, roomUrl } from '../../../views/room-path.ts'
import { type Format, isTerminalFormat } from '../../chat/delivery/frames.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { embedPageUrl } from '../embed/links.ts'
import type { Tickets } from '../embed/tickets.ts'

/** The URL at which a reader resumes, made from the query that contains its cursor. */
export type ResumeLink = (cursor: Readonly<Record<string, string>>) => string

export interface ResumeTarget {
  readonly room: Slug
  readonly format: Format
  readonly query: URLSearchParams
  readonly origin: string
  readonly member: Member | undefined
  readonly appearance: Appearance | undefined
}

/** For readers who hold no cursor themselves: pages without scripts, and terminals. */
export function resumeLink(tickets: Tickets, target: ResumeTarget): ResumeLink {
  const { room, format, query, origin, member, appearance } = target
  if (!isTerminalFormat(format))
    return (cursor) => {
      const url =
        appearance && member ? embedPageUrl(room, appearance, tickets.issue(room, member)) : roomUrl(room)
      return url(`/live.html?${new URLSearchParams({ ...cursor, continued: '' })}`)
    }
  const name = query.get('name')
  const parameters = { ...(name !== null && { name }), ...(format === 'ansi' && { color: '' }) }
  return (cursor) =>
    `${origin}${roomPath(room)}/live.txt?${new URLSearchParams({ ...cursor, ...parameters })}`
}
