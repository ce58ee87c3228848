import { raw } from 'hono/html'
import { formatId, type RoomEvent } from '../src/chat/event.ts'
import { renderText } from './render-text.ts'

/** So few emoji alone are drawn large. */
const LARGE_EMOJI = /^(?:\p{RGI_Emoji}\s*){1,5}$/v

/** One message, in the page's log and in the stream alike. `next` soon follows one of the same author. */
export function MessageItem({ event, next = false }: { event: RoomEvent; next?: boolean | undefined }) {
  const at = new Date(event.at).toISOString()
  const kind = `message${next ? ' next' : ''}${LARGE_EMOJI.test(event.text) ? ' emoji' : ''}`
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
