import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { type EventId, formatId, type Posted } from '../src/chat/event.ts'
import { once } from '../src/chat/lazy.ts'
import { isFewEmoji } from '../src/chat/names/emoji.ts'
import { renderText } from './render-text.ts'
import { template } from './template.ts'

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
export function MessageItem({ event, next, again }: MessageItemProps) {
  return raw(messageItem(event, next, again))
}

export function messageItem(event: Posted, next = false, again = false): string {
  const at = new Date(event.at).toISOString()
  const kind = `message${next ? ' next' : ''}${again ? ' again' : ''}${isFewEmoji(event.text) ? ' emoji' : ''}`
  const { name, tag, verified } = event.author
  const { [verified ? 'verified' : 'usual']: article } = event.kept ? linked : unlinked
  return article().fill({
    kind,
    id: formatId(event.id),
    tag,
    name,
    at,
    time: clock(at),
    body: { html: bodyOf(event) },
  })
}

const PLACES = ['kind', 'id', 'tag', 'name', 'at', 'time', 'body'] as const

const articles = (linked: boolean, verified: boolean) =>
  once(() => template(PLACES, (marks) => String(<Article {...marks} linked={linked} verified={verified} />)))

const linked = { usual: articles(true, false), verified: articles(true, true) }
const unlinked = { usual: articles(false, false), verified: articles(false, true) }

interface ArticleProps extends Readonly<Record<(typeof PLACES)[number], string>> {
  readonly linked: boolean
  readonly verified: boolean
}

function Article({ kind, id, tag, name, at, time, body, linked, verified }: ArticleProps) {
  return (
    <article class={kind} id={`m${id}`} data-by={tag}>
      <b data-tag={tag}>
        <bdi>{name}</bdi>
        {verified && <Verified />}
      </b>{' '}
      <time datetime={at}>{linked ? <a href={around(id)}>{time}</a> : time}</time>
      {body}
    </article>
  )
}

/** Somebody answers for this name. */
function Verified() {
  return <span class="verified" role="img" aria-label="verified" title="verified" />
}

/** Relative: short enough to come with every message. */
export function toMessage(id: EventId): string {
  return around(formatId(id))
}

function around(id: string): string {
  return `?around=${id}#m${id}`
}

function clock(at: string): string {
  return `${at.slice(11, 16)} UTC`
}

function bodyOf(event: Posted): string {
  return `<div${event.editedAt === undefined ? '' : ' class="edited"'} dir="auto">${renderText(event.text)}</div>`
}

/** What an edit changes in a page that shows the message; nothing in one that doesn't. */
export function editedPart(message: Posted): string {
  return part(message.id, raw(bodyOf(message)))
}

export function deletedPart(id: EventId): string {
  return part(id, <div class="deleted">Deleted</div>)
}

// An id with a dot in it is no selector.
function part(id: EventId, body: Child): string {
  return String(
    <hx-partial hx-target={`[id="m${formatId(id)}"]>div`} hx-swap="outerHTML">
      {body}
    </hx-partial>,
  )
}

/** In a page that only ever grows: what the message says now, shown in the place of what stands above. */
export function replacedItem(message: Posted): string {
  return messageItem(message, false, true) + became(message.id)
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
