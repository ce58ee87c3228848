import { roomPath } from '../../../views/room-path.ts'
import type { Chat } from '../../chat/chat.ts'
import type { Beginning } from '../../chat/delivery/catch-up.ts'
import type { Format } from '../../chat/delivery/frames.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { COLOURED } from '../../frames/ansi.ts'
import { pastLines, quietLine } from '../../frames/terminal.ts'
import { PLAIN } from '../../frames/text.ts'

/** What somebody at a terminal is shown before anything is said. */
export interface TerminalOpening {
  readonly room: Slug
  /** Where this reader reached the server. */
  readonly origin: string
  readonly member: Member | undefined
  readonly shown: Beginning | undefined
}

/** How many are here and how to say something; then the last messages of a kept room. */
export async function terminalOpening(
  { roster }: Pick<Chat, 'roster'>,
  format: Format,
  { room, origin, member, shown }: TerminalOpening,
): Promise<string> {
  const ink = format === 'ansi' ? COLOURED : PLAIN
  // Without a name one reads unseen.
  const others = (await roster.here(room)) - (member ? 1 : 0)
  const here =
    others < 1 ? 'Nobody else is here' : others === 1 ? '1 other is here' : `${others} others are here`
  const post = `${origin}${roomPath(room)}/messages`
  const quoted = member?.named ? `'${post}?${new URLSearchParams({ name: member.named })}'` : post
  const greeting = `${room}: ${here}. Times are in UTC. Say something: curl -d text=hi ${quoted}`
  return quietLine(ink, greeting) + pastLines(ink, shown?.messages ?? [])
}
