import { inBreaths } from '../src/chat/breath.ts'
import { formatId, type Posted } from '../src/chat/event.ts'
import { MessageItem } from './message-item.tsx'
import { roomPath } from './room-path.ts'

export interface HistoryProps {
  readonly room: string
  /** Oldest first. */
  readonly messages: readonly Posted[]
  /** Whether there are older ones. */
  readonly older: boolean
}

/** Messages that a kept room remembers, with a way to those before. */
export function History({ room, messages, older }: HistoryProps) {
  const [first] = messages
  return (
    <>
      {older && first && <Older room={room} before={formatId(first.id)} />}
      {inBreaths(messages).map(({ message, next }) => (
        <MessageItem event={message} next={next} />
      ))}
    </>
  )
}

/** A link to older messages; with scripts it gives way to them as soon as it comes into view. */
function Older({ room, before }: { room: string; before: string }) {
  const query = new URLSearchParams({ before })
  return (
    <a
      class="older"
      href={`${roomPath(room)}?${query}`}
      hx-get={`${roomPath(room)}/messages?${query}`}
      hx-trigger="click, intersect once"
      hx-swap="outerHTML"
    >
      Older messages
    </a>
  )
}
