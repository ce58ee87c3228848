import { raw } from 'hono/html'
import { isFewEmoji } from '../src/chat/emoji.ts'
import { type EventId, formatId, type Posted } from '../src/chat/event.ts'
import { renderText } from './render-text.ts'

export interface MessageItemProps {
  readonly event: Posted
  readonly next?: boolean | undefined
  /** Whether it stands above already, and says something else now. */
  readonly again?: boolean
}

/**
 * One message, in the page's log and in the stream alike. `next` soon follows one of the same author. A few emoji alone
 * are drawn large.
 */
export function MessageItem({ event, next = false, again = false }: MessageItemProps) {
  const at = new Date(event.at).toISOString()
  const kind = `message${next ? ' next' : ''}${again ? ' again' : ''}${isFewEmoji(event.text) ? ' emoji' : ''}`
  return (
    <article class={kind} id={`m${formatId(event.id)}`} data-by={event.author.tag}>
      <b data-tag={event.author.tag}>
        <bdi>{event.author.name}</bdi>
        {event.author.verified && <Verified />}
      </b>{' '}
      <time datetime={at}>{event.kept ? <a href={linkTo(event.id)}>{clock(at)}</a> : clock(at)}</time>
      <Body event={event} />
    </article>
  )
}

/** Somebody answers for this name. */
function Verified() {
  return <span class="verified" role="img" aria-label="verified" title="verified" />
}

/** Relative: short enough to come with every message. */
export function linkTo(id: EventId): string {
  return `?around=${formatId(id)}#m${formatId(id)}`
}

function clock(at: string): string {
  return `${at.slice(11, 16)} UTC`
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

/** In a page that only ever grows: what the message says now, shown in the place of what stands above. */
export function replacedItem(message: Posted): string {
  return String(<MessageItem event={message} again />) + became(message.id)
}

export function deletedItem(id: EventId): string {
  return String(<DeletedLine id={id} />) + became(id)
}

function DeletedLine({ id }: { id: EventId }) {
  return (
    <p class="line" data-gone={formatId(id)}>
      A message was deleted.
    </p>
  )
}

function became(id: EventId): string {
  return String(<link rel="stylesheet" href={`/gone/${formatId(id)}.css`} />)
}
