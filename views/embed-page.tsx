import { raw } from 'hono/html'
import type { Look } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { Composer } from './composer.tsx'
import { History, type HistoryProps } from './history.tsx'
import { Layout } from './layout.tsx'
import { NameForm } from './name-form.tsx'
import { type PeopleProps, peopleItems } from './people.tsx'
import { Kind, keepsSentence } from './retention.tsx'
import { Log, type LogProps } from './room-page.tsx'
import { type RoomUrl, roomPath } from './room-path.ts'

export interface EmbedProps
  extends PeopleProps,
    Omit<LogProps, 'me' | 'url' | 'owner' | 'readOnly' | 'history'> {
  /** What a kept room remembers; undefined for a vanishing one. */
  readonly history: HistoryProps | undefined
  readonly asset: AssetUrl
  /** The reader's own. */
  readonly name: string
  readonly look: Look
  /** Where its parts are, with its ticket. */
  readonly url: RoomUrl
  readonly ticket: string
  /** Whether nothing was known of the reader: the page may know more. */
  readonly fresh: boolean
  /** Whether the page around it answers for the reader's name, which is for nobody else to change. */
  readonly named: boolean
  readonly postKey: string
}

/** A room in another site's page: its log, its composer, and what fits of its head. */
export function EmbedPage(props: EmbedProps) {
  const { asset, room, me, look, url, ticket, fresh, named, history, postKey } = props
  const head = (
    <>
      {/* Links lead out of the frame. */}
      <base target="_blank" />
      <link rel="stylesheet" href={`/mine/${me}.css`} />
      <noscript>
        <link rel="stylesheet" href={asset('noscript.css')} />
      </noscript>
    </>
  )
  return (
    <Layout
      title={`${room} · Snug`}
      asset={asset}
      page="room embed"
      script={look.readOnly ? 'embed-read.js' : 'embed-frame.js'}
      head={head}
      look={look}
      data={{
        'data-ticket': ticket,
        ...(look.host !== undefined && { 'data-host': look.host }),
        ...(fresh && { 'data-fresh': '' }),
        ...(named && { 'data-named': '' }),
      }}
    >
      <Bar {...props} />
      <main class="talk">
        <Log
          {...props}
          history={history ? raw(String(History(history))) : ''}
          owner={false}
          readOnly={look.readOnly}
        />
        {!look.readOnly && <Composer room={room} url={url} postKey={postKey} />}
      </main>
    </Layout>
  )
}

function Bar(props: EmbedProps) {
  const { room, look, kept } = props
  return (
    <header class="head">
      <h1 class="unseen">
        <bdi>{room}</bdi>
      </h1>
      <div class="title">
        {look.presence || !look.readOnly ? <Somebody {...props} /> : <bdi class="called">{room}</bdi>}
      </div>
      <Kind kept={kept} />
      <output id="status" class="status" data-state="connecting">
        <span>connecting…</span>
      </output>
      <a
        class="whole"
        href={roomPath(room)}
        target="_blank"
        rel="noopener"
        title="Open the room in a new tab"
      >
        Open
      </a>
    </header>
  )
}

/** Who one is, and who else is here, as far as the page around it wishes. */
function Somebody({ room, name, named, look, url, kept, ...list }: EmbedProps) {
  return (
    <details class="people">
      <summary>
        {look.presence && (
          <span class="presence">
            <span id="here">{list.count}</span> here{!look.readOnly && ' · '}
          </span>
        )}
        {!look.readOnly && (
          <>
            <span class="you">you are </span>
            <bdi class="me">{name}</bdi>
          </>
        )}
      </summary>
      <div class="sheet">
        {!look.readOnly && !named && <NameForm room={room} url={url} name={name} />}
        {look.presence && (
          <section class="presence" aria-labelledby="people-heading">
            <h2 id="people-heading">Here now</h2>
            <ul id="people" hx-get={url('/people')} hx-trigger="look" hx-swap="innerMorph">
              {raw(peopleItems(list))}
            </ul>
          </section>
        )}
        <label class="check" data-mute hidden>
          <input type="checkbox" /> Mute this room: no counts
        </label>
        <p id="keeps" class="hint">
          {keepsSentence(kept)}
        </p>
      </div>
    </details>
  )
}
