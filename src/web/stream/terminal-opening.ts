import { roomPath } from '../../../views/room-path.ts'
import type { Chat } from '../../chat/chat.ts'
import type { StreamStart } from '../../chat/delivery/catch-up.ts'
import type { Format } from '../../chat/delivery/frames.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { ANSI_STYLE } from '../../frames/ansi.ts'
import { historyLines, noticeLine } from '../../frames/terminal.ts'
import { PLAIN_STYLE } from '../../frames/text.ts'

/** What somebody at a terminal is shown before anything is said. */
export interface TerminalOpeningProps {
  readonly room: Slug
  /** Where this reader reached the server. */
  readonly origin: string
  readonly member: Member | undefined
  readonly initialHistory: StreamStart | undefined
}

/** How many are here and how to say something; then the last messages of a kept room. */
export async function terminalOpening(
  { roster }: Pick<Chat, 'roster'>,
  format: Format,
  { room, origin, member, initialHistory }: TerminalOpeningProps,
): Promise<string> {
  const ink = format === 'ansi' ? ANSI_STYLE : PLAIN_STYLE
  // Without a name one reads unseen.
  const others = (await roster.countHere(room)) - (member ? 1 : 0)
  const here =
    others < 1 ? 'Nobody else is here' : others === 1 ? '1 other is here' : `${others} others are here`
  const post = `${origin}${roomPath(room)}/messages`
  const quoted = member?.declaredName
    ? `'${post}?${new URLSearchParams({ name: member.declaredName })}'`
    : post
  const greeting = `${room}: ${here}. Times are in UTC. Say something: curl -d text=hi ${quoted}`
  return noticeLine(ink, greeting) + historyLines(ink, initialHistory?.messages ?? [])
}
