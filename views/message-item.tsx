import { raw } from 'hono/html'
import { isFewEmoji } from '../src/chat/emoji.ts'
import { formatId, type RoomEvent } from '../src/chat/event.ts'
import { renderText } from './render-text.ts'

/**
 * One message, in the page's log and in the stream alike. `next` soon follows one of the same author. A few emoji alone
 * are drawn large.
 */
export function MessageItem({ event, next = false }: { event: RoomEvent; next?: boolean | undefined }) {
  const at = new Date(event.at).toISOString()
  const kind = `message${next ? ' next' : ''}${isFewEmoji(event.text) ? ' emoji' : ''}`
  return (
    <article class={kind} id={`m${formatId(event.id)}`} data-by={event.author.tag}>
      <b data-tag={event.author.tag}>
        <bdi>{event.author.name}</bdi>
      </b>{' '}
      <time datetime={at}>{at.slice(11, 16)} UTC</time>
      <div dir="auto">{raw(renderText(event.text))}</div>
    </article>
  )
}

export function messageItem(event: RoomEvent, next?: boolean): string {
  return String(<MessageItem event={event} next={next} />)
}
