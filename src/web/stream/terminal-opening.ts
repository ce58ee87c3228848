import { roomPath } from '../../../views/room-path.ts'
import type { Chat } from '../../chat/chat.ts'
import type { StreamStart } from '../../chat/delivery/catch-up.ts'
import type { Format } from '../../chat/delivery/frames.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { ANSI_STYLE } from '../../frames/ansi.ts'
import { historyLines, noticeLine } from '../../frames/terminal.ts'
import { PLAIN_STYLE } from '../../frames/text.ts'

export interface TerminalOpeningProps {
  readonly room: Slug
  /** The origin at which this reader reached the server. */
  readonly origin: string
  readonly member: Member | undefined
  readonly initialHistory: StreamStart | undefined
}

/** The first lines at a terminal: how many are here and how to post; then the last messages of a kept room. */
export async function terminalOpening(
  { roster }: Pick<Chat, 'roster'>,
  format: Format,
  { room, origin, member, initialHistory }: TerminalOpeningProps,
): Promise<string> {
  const style = format === 'ansi' ? ANSI_STYLE : PLAIN_STYLE
  // A reader without a name does not count as here.
  const others = (await roster.countHere(room)) - (member ? 1 : 0)
  const here =
    others < 1 ? 'Nobody else is here' : others === 1 ? '1 other is here' : `${others} others are here`
  const post = `${origin}${roomPath(room)}/messages`
  const quoted = member?.declaredName
    ? `'${post}?${new URLSearchParams({ name: member.declaredName })}'`
    : post
  const intro = `${room}: ${here}. Times are in UTC. Say something: curl -d text=hi ${quoted}`
  return noticeLine(style, intro) + historyLines(style, initialHistory?.messages ?? [])
}
