import { formatId, type Posted } from '../src/chat/event.ts'
import { groupMessages } from '../src/chat/history/message-group.ts'
import { MessageItem } from './message-item.tsx'

export interface HistoryProps {
  /** Oldest first. */
  readonly messages: readonly Posted[]
  /** Whether older messages exist. */
  readonly older: boolean
}

/** Messages of a kept room, after a link to older ones. */
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

/** A refusal or a proxy's error page must not get into the log: the link stays, and can be followed again. */
const NO_SWAP_ON_ERROR = { 'hx-status:4xx': 'swap:none', 'hx-status:5xx': 'swap:none' }

/**
 * A link to older messages, relative to the room's page. With scripts they replace it as soon as it comes into view.
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
