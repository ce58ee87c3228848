import { formatId, type Posted } from '../src/chat/event.ts'
import { inBreaths } from '../src/chat/message-group.ts'
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
      {older && first && <Older before={formatId(first.id)} />}
      <Messages messages={messages} />
    </>
  )
}

export function Messages({ messages }: { messages: readonly Posted[] }) {
  return (
    <>
      {inBreaths(messages).map(({ message, next }) => (
        <MessageItem event={message} next={next} />
      ))}
    </>
  )
}

/** Of a refusal, or what a proxy says, nothing comes into the log: the link stays, to be followed again. */
const REFUSED = { 'hx-status:4xx': 'swap:none', 'hx-status:5xx': 'swap:none' }

/**
 * A link to older messages, relative to the room's page; with scripts it gives way to them as soon as it comes into
 * view.
 */
export function Older({ before }: { before: string }) {
  const query = `?${new URLSearchParams({ before })}`
  return (
    <a
      class="older"
      href={query}
      hx-get={query}
      hx-trigger="click, intersect once"
      hx-swap="outerHTML"
      aria-live="off"
      {...REFUSED}
    >
      Older messages
    </a>
  )
}
