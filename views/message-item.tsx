import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { type EventId, formatId, type Posted } from '../src/chat/event.ts'
import { lazy } from '../src/chat/lazy.ts'
import { isFewEmoji } from '../src/chat/names/emoji.ts'
import { messageHtml } from './message-html.ts'
import { template } from './template.ts'

export interface MessageItemProps {
  readonly event: Posted
  readonly continuesGroup?: boolean | undefined
  /** Whether the message is in the page already, with an earlier text. */
  readonly isReplacement?: boolean
}

/** One message, the same in the page's log and in the stream. A few emoji alone are drawn large. */
export function MessageItem({ event, continuesGroup, isReplacement }: MessageItemProps) {
  return raw(messageItem(event, continuesGroup, isReplacement))
}

export function messageItem(event: Posted, continuesGroup = false, isReplacement = false): string {
  const at = new Date(event.at).toISOString()
  const emoji = isFewEmoji(event.text) ? ' emoji' : ''
  const kind = `message${continuesGroup ? ' grouped' : ''}${isReplacement ? ' replacement' : ''}${emoji}`
  const { name, tag, verified } = event.author
  const { [verified ? 'verified' : 'unverified']: article } = event.kept ? linkedTemplates : unlinkedTemplates
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

const linkedTemplates = { unverified: articleTemplate(true, false), verified: articleTemplate(true, true) }
const unlinkedTemplates = {
  unverified: articleTemplate(false, false),
  verified: articleTemplate(false, true),
}

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

/** Marks a name that the room's owner or a host page vouches for. */
function VerifiedBadge() {
  return <span class="verified" role="img" aria-label="verified" title="verified" />
}

/** The permalink of a message. It is relative, because it is part of every message. */
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
  return `<div${event.editedAt === undefined ? '' : ' class="edited"'} dir="auto">${messageHtml(event)}</div>`
}

/** Changes the text of a message in a page that shows it, and nothing in a page that does not. */
export function editedPartial(message: Posted): string {
  return bodyPartial(message.id, raw(renderBody(message)))
}

export function deletedPartial(id: EventId): string {
  return bodyPartial(id, <div class="deleted">Deleted</div>)
}

// An attribute selector, because `#` can't be followed by an id with a dot.
function bodyPartial(id: EventId, body: Child): string {
  return String(
    <hx-partial hx-target={`[id="m${formatId(id)}"]>div`} hx-swap="outerHTML">
      {body}
    </hx-partial>,
  )
}

/** For a page that can only grow: the message with its new text, and a style sheet that hides the old one. */
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
