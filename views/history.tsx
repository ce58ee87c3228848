import { formatId, type Posted } from '../src/chat/event.ts'
import { groupMessages } from '../src/chat/message-group.ts'
import { MessageItem } from './message-item.tsx'

export interface HistoryProps {
  /** Oldest first. */
  readonly messages: readonly Posted[]
  /** Whether there are older ones. */
  readonly older: boolean
}

/** Messages that a kept room remembers, with a way to those before. */
export function History({ messages, older }: HistoryProps) {
  const [first] = messages
  return (
    <>
      {older && first && <OlderLink before={formatId(first.id)} />}
      <Messages messages={messages} />
    </>
  )
}

export function Messages({ messages }: { messages: readonly Posted[] }) {
  return (
    <>
      {groupMessages(messages).map(({ message, next }) => (
        <MessageItem event={message} continuesGroup={next} />
      ))}
    </>
  )
}

/** Of a refusal, or what a proxy says, nothing comes into the log: the link stays, to be followed again. */
const NO_SWAP_ON_ERROR = { 'hx-status:4xx': 'swap:none', 'hx-status:5xx': 'swap:none' }

/**
 * A link to older messages, relative to the room's page; with scripts it gives way to them as soon as it comes into
 * view.
 */
export function OlderLink({ before }: { before: string }) {
  const query = `?${new URLSearchParams({ before })}`
  return (
    <a
      class="older"
      href={query}
      hx-get={query}
      hx-trigger="click, intersect once"
      hx-swap="outerHTML"
      aria-live="off"
      {...NO_SWAP_ON_ERROR}
    >
      Older messages
    </a>
  )
}
