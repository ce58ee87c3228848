import { raw } from 'hono/html'
import { isFewEmoji } from '../src/chat/emoji.ts'
import { type EventId, formatId, type Posted } from '../src/chat/event.ts'
import { renderText } from './render-text.ts'

/**
 * One message, in the page's log and in the stream alike. `next` soon follows one of the same author. A few emoji alone
 * are drawn large.
 */
export function MessageItem({ event, next = false }: { event: Posted; next?: boolean | undefined }) {
  const at = new Date(event.at).toISOString()
  const kind = `message${next ? ' next' : ''}${isFewEmoji(event.text) ? ' emoji' : ''}`
  return (
    <article class={kind} id={`m${formatId(event.id)}`} data-by={event.author.tag}>
      <b data-tag={event.author.tag}>
        <bdi>{event.author.name}</bdi>
      </b>{' '}
      <time datetime={at}>{at.slice(11, 16)} UTC</time>
      <Body event={event} />
    </article>
  )
}

function Body({ event }: { event: Posted }) {
  return (
    <div class={event.editedAt === undefined ? undefined : 'edited'} dir="auto">
      {raw(renderText(event.text))}
    </div>
  )
}

export function messageItem(event: Posted, next?: boolean): string {
  return String(<MessageItem event={event} next={next} />)
}

/** What an edit changes in a page that shows the message; nothing in one that doesn't. */
export function editedPart(message: Posted): string {
  return part(message.id, <Body event={message} />)
}

export function deletedPart(id: EventId): string {
  return part(id, <div class="deleted">Deleted</div>)
}

// An id with a dot in it is no selector.
function part(id: EventId, body: ReturnType<typeof Body>): string {
  return String(
    <hx-partial hx-target={`[id="m${formatId(id)}"]>div`} hx-swap="outerHTML">
      {body}
    </hx-partial>,
  )
}

/** In a page that only ever grows: hides the message that stands above, and says what it says now. */
export function replacedItem(message: Posted): string {
  return `${hidden(message.id)}${messageItem(message)}`
}

export function deletedItem(id: EventId): string {
  return `${hidden(id)}<p class="line">A message was deleted.</p>`
}

function hidden(id: EventId): string {
  return String(<link rel="stylesheet" href={`/gone/${formatId(id)}.css`} />)
}
