import { raw } from 'hono/html'
import type { RoomEvent } from '../src/chat/event.ts'
import { renderText } from './render-text.ts'

/** One message, in the page's log and in the stream alike. */
export function MessageItem({ event }: { event: RoomEvent }) {
  const at = new Date(event.at).toISOString()
  return (
    <article class="message" id={`m${event.id.seq}`} data-by={event.author.tag}>
      <b>
        <bdi>{event.author.name}</bdi>
      </b>{' '}
      <time datetime={at}>{at.slice(11, 16)} UTC</time>
      <div dir="auto">{raw(renderText(event.text))}</div>
    </article>
  )
}

export function messageItem(event: RoomEvent): string {
  return String(<MessageItem event={event} />)
}
