import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { type EventId, formatId, type Posted } from '../src/chat/event.ts'
import { lazy } from '../src/chat/lazy.ts'
import { isFewEmoji } from '../src/chat/names/emoji.ts'
import { renderText } from './render-text.ts'
import { template } from './template.ts'

export interface MessageItemProps {
  readonly event: Posted
  readonly continuesGroup?: boolean | undefined
  /** Whether it stands above already, and says something else now. */
  readonly isReplacement?: boolean
}

/**
 * One message, in the page's log and in the stream alike. `next` soon follows one of the same author. A few emoji alone
 * are drawn large.
 */
export function MessageItem({ event, continuesGroup, isReplacement }: MessageItemProps) {
  return raw(messageItem(event, continuesGroup, isReplacement))
}

export function messageItem(event: Posted, next = false, again = false): string {
  const at = new Date(event.at).toISOString()
  const kind = `message${next ? ' grouped' : ''}${again ? ' replacement' : ''}${isFewEmoji(event.text) ? ' emoji' : ''}`
  const { name, tag, verified } = event.author
  const { [verified ? 'verified' : 'usual']: article } = event.kept ? linkedTemplates : unlinkedTemplates
  return article().fill({
    kind,
    id: formatId(event.id),
    tag,
    name,
    at,
    time: formatTimeOfDay(at),
    body: { html: renderBody(event) },
  })
}

const MESSAGE_SLOTS = ['kind', 'id', 'tag', 'name', 'at', 'time', 'body'] as const

const articleTemplate = (linked: boolean, verified: boolean) =>
  lazy(() =>
    template(MESSAGE_SLOTS, (marks) => String(<Article {...marks} linked={linked} verified={verified} />)),
  )

const linkedTemplates = { usual: articleTemplate(true, false), verified: articleTemplate(true, true) }
const unlinkedTemplates = { usual: articleTemplate(false, false), verified: articleTemplate(false, true) }

interface ArticleProps extends Readonly<Record<(typeof MESSAGE_SLOTS)[number], string>> {
  readonly linked: boolean
  readonly verified: boolean
}

function Article({ kind, id, tag, name, at, time, body, linked, verified }: ArticleProps) {
  return (
    <article class={kind} id={`m${id}`} data-by={tag}>
      <b data-tag={tag}>
        <bdi>{name}</bdi>
        {verified && <VerifiedBadge />}
      </b>{' '}
      <time datetime={at}>{linked ? <a href={aroundLink(id)}>{time}</a> : time}</time>
      {body}
    </article>
  )
}

/** Somebody answers for this name. */
function VerifiedBadge() {
  return <span class="verified" role="img" aria-label="verified" title="verified" />
}

/** Relative: short enough to come with every message. */
export function messageLink(id: EventId): string {
  return aroundLink(formatId(id))
}

function aroundLink(id: string): string {
  return `?around=${id}#m${id}`
}

function formatTimeOfDay(at: string): string {
  return `${at.slice(11, 16)} UTC`
}

function renderBody(event: Posted): string {
  return `<div${event.editedAt === undefined ? '' : ' class="edited"'} dir="auto">${renderText(event.text)}</div>`
}

/** What an edit changes in a page that shows the message; nothing in one that doesn't. */
export function editedPartial(message: Posted): string {
  return bodyPartial(message.id, raw(renderBody(message)))
}

export function deletedPartial(id: EventId): string {
  return bodyPartial(id, <div class="deleted">Deleted</div>)
}

// An id with a dot in it is no selector.
function bodyPartial(id: EventId, body: Child): string {
  return String(
    <hx-partial hx-target={`[id="m${formatId(id)}"]>div`} hx-swap="outerHTML">
      {body}
    </hx-partial>,
  )
}

/** In a page that only ever grows: what the message says now, shown in the place of what stands above. */
export function replacementItem(message: Posted): string {
  return messageItem(message, false, true) + supersededStylesheet(message.id)
}

export function deletedItem(id: EventId): string {
  return String(<DeletedLine id={id} />) + supersededStylesheet(id)
}

function DeletedLine({ id }: { id: EventId }) {
  return (
    <p class="notice" data-deleted={formatId(id)}>
      A message was deleted.
    </p>
  )
}

function supersededStylesheet(id: EventId): string {
  return String(<link rel="stylesheet" href={`/gone/${formatId(id)}.css`} />)
}
