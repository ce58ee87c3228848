import { raw } from 'hono/html'
import { type EventId, formatId, type Posted } from '../src/chat/event.ts'
import type { Settings } from '../src/chat/kept-room.ts'
import type { AssetUrl } from './asset-url.ts'
import { ComposerFields, type ComposerProps } from './composer.tsx'
import { HiddenField } from './hidden-field.tsx'
import { Messages, OlderLink } from './history.tsx'
import { Layout } from './layout.tsx'
import { NameFields } from './name-form.tsx'
import { PeopleItems, type PeopleProps } from './people.tsx'
import { KindBadge, retentionSentence } from './retention.tsx'
import { roomPath } from './room-path.ts'

export interface StaticLogPageProps extends PeopleProps {
  readonly asset: AssetUrl
  readonly room: string
  /** The room's whole URL, which others join by. */
  readonly link: string
  /** The reader's name. */
  readonly name: string
  /** The URL of this page from its last event on: it shows what has happened since. */
  readonly nextUrl: string
  readonly composer: Omit<ComposerProps, 'room'>
  /** The settings of a kept room; undefined for a vanishing one. */
  readonly kept: Settings | undefined
  readonly owner: boolean
  readonly content: StaticLogContent
}

/** The entries of a static log: the history of a kept room, or the events of a vanishing one since the last refresh. */
export type StaticLogContent =
  | {
      readonly kind: 'history'
      readonly messages: readonly Posted[]
      readonly older: boolean
      /** The last event that the page showed before this refresh. */
      readonly seenUpTo: EventId | undefined
    }
  | { readonly kind: 'since-last-refresh'; readonly html: string; readonly first: boolean }

const VANISHING_NOTICE =
  'Nothing said here is stored. Each refresh shows only what was said since the one before.'

/** A room as a static page for text browsers, with links and forms for everything. */
export function StaticLogPage(props: StaticLogPageProps) {
  const { asset, room, link, name, me, nextUrl, composer, kept, owner, people, count } = props
  const path = roomPath(room)
  const links = (
    <p class="links">
      <a href={`${nextUrl}#new`}>Refresh</a> · <a href={`${nextUrl}/wait#new`}>Wait for the next message</a>
    </p>
  )
  return (
    <Layout
      title={`${room} · Snug`}
      asset={asset}
      bodyClass="static-page static-log"
      head={<link rel="stylesheet" href={`/mine/${me}.css`} />}
    >
      <header class="header">
        <a class="home-link" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={28} height={28} />
        </a>
        <div class="title">
          <h1>
            <bdi>{room}</bdi>
          </h1>
          <KindBadge kept={kept} />
        </div>
        <a href="#text">Write</a>
      </header>
      <main>
        <div id="log" class="log">
          <p class="notice retention-note">{kept ? retentionSentence(kept) : VANISHING_NOTICE}</p>
          <StaticLogEntries content={props.content} />
        </div>
        <div class="forms">
          {links}
          <form class="composer" method="post" action={`${path}/messages`}>
            <input type="hidden" name="log" value={nextUrl} />
            <div id="composer-fields">
              <ComposerFields {...composer} lines={3} />
            </div>
            <button type="submit">Send</button>
          </form>
          <section aria-labelledby="people-heading">
            <h2 id="people-heading">Here now: {count}</h2>
            <ul>
              <PeopleItems people={people} count={count} me={me} />
            </ul>
          </section>
          <form class="name" method="post" action={`${path}/name`}>
            <input type="hidden" name="log" value={nextUrl} />
            <NameFields room={room} name={name} />
          </form>
          <p>
            Anyone with this link can come in{kept && ' and read what is kept'}: <a href={link}>{link}</a> (
            <a href={`${path}/qr.svg`}>as a QR code</a>)
          </p>
          {owner && (
            <p>
              You own this room: <a href={`${path}/settings`}>its settings</a>.
            </p>
          )}
          <form method="post" action={`${path}/leave`}>
            <HiddenField />
            <button id="leave" type="submit" class="secondary">
              Leave
            </button>
          </form>
        </div>
      </main>
    </Layout>
  )
}

function StaticLogEntries({ content }: { content: StaticLogContent }) {
  if (content.kind === 'since-last-refresh') {
    if (content.html !== '')
      return (
        <>
          <p id="new" class="notice new">
            New
          </p>
          {raw(content.html)}
        </>
      )
    return (
      <p id="new" class="notice">
        {content.first ? 'New messages appear when you refresh.' : 'Nothing new.'}
      </p>
    )
  }
  const { messages, older, seenUpTo } = content
  const [first] = messages
  const firstNew = seenUpTo
    ? messages.findIndex(({ id }) => id.epoch !== seenUpTo.epoch || id.seq > seenUpTo.seq)
    : -1
  const seenCount = firstNew < 0 ? messages.length : firstNew
  return (
    <>
      {older && first && <OlderLink before={formatId(first.id)} />}
      <Messages messages={messages.slice(0, seenCount)} />
      <p id="new" class={`notice${firstNew < 0 ? '' : ' new'}`}>
        {firstNew >= 0 ? 'New' : seenUpTo ? 'Nothing new.' : 'These are the newest messages.'}
      </p>
      <Messages messages={messages.slice(seenCount)} />
    </>
  )
}
