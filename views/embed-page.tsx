import { raw } from 'hono/html'
import type { Appearance } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { Composer } from './composer.tsx'
import { History, type HistoryProps } from './history.tsx'
import { Layout } from './layout.tsx'
import { NameForm } from './name-form.tsx'
import { type PeopleProps, peopleItems } from './people.tsx'
import { KindBadge, retentionSentence } from './retention.tsx'
import { Log, type LogProps } from './room-page.tsx'
import { type RoomUrl, roomPath } from './room-path.ts'

export interface EmbedProps
  extends PeopleProps,
    Omit<LogProps, 'me' | 'url' | 'owner' | 'readOnly' | 'history'> {
  /** The newest messages of a kept room; undefined for a vanishing one. */
  readonly history: HistoryProps | undefined
  readonly asset: AssetUrl
  /** The room's whole URL. */
  readonly link: string
  /** The reader's name. */
  readonly name: string
  readonly appearance: Appearance
  /** The URLs of the room's parts, with the ticket. */
  readonly url: RoomUrl
  readonly ticket: string
  /** Whether the server did not recognise the reader. The page may have a stored ticket. */
  readonly isNewMember: boolean
  /** Whether the host page vouches for the reader's name. The reader can't change it then. */
  readonly hasVouchedName: boolean
  readonly postKey: string
}

/** A room in another site's page: its log, its composer and a short header. */
export function EmbedPage(props: EmbedProps) {
  const { asset, room, link, me, appearance, url, ticket, isNewMember, hasVouchedName, history, postKey } =
    props
  const head = (
    <>
      {/* Links open outside the frame. */}
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
      bodyClass="room embed"
      script={appearance.readOnly ? 'embed-read-only.js' : 'embed-frame.js'}
      head={head}
      appearance={appearance}
      data={{
        'data-ticket': ticket,
        ...(appearance.host !== undefined && { 'data-host': appearance.host }),
        ...(isNewMember && { 'data-new-member': '' }),
        ...(hasVouchedName && { 'data-vouched': '' }),
      }}
    >
      <EmbedHeader {...props} />
      <main class="chat">
        <Log
          {...props}
          history={history ? raw(String(History(history))) : ''}
          owner={false}
          readOnly={appearance.readOnly}
        />
        {!appearance.readOnly && <Composer room={room} url={url} postKey={postKey} />}
        <noscript>
          {/* Without scripts, nothing tells what the sandbox of the frame allows. */}
          <p class="hint sandbox-hint">
            If {appearance.readOnly ? 'links do' : 'Send or links do'} nothing, the page around this room does
            not allow them. The room is at <bdi>{link}</bdi>
          </p>
        </noscript>
      </main>
    </Layout>
  )
}

function EmbedHeader(props: EmbedProps) {
  const { room, appearance, kept } = props
  return (
    <header class="header">
      <h1 class="visually-hidden">
        <bdi>{room}</bdi>
      </h1>
      <div class="title">
        {appearance.presence || !appearance.readOnly ? (
          <EmbedPeople {...props} />
        ) : (
          <bdi class="room-title">{room}</bdi>
        )}
      </div>
      <KindBadge kept={kept} />
      <output id="status" class="status" data-state="connecting">
        <span>connecting…</span>
      </output>
      <a
        class="open-room"
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

/** The reader's name and the people here, as far as the appearance shows them. */
function EmbedPeople({ room, name, hasVouchedName, appearance, url, kept, ...list }: EmbedProps) {
  return (
    <details class="people">
      <summary>
        {appearance.presence && (
          <span class="presence">
            <span id="here-count">{list.count}</span> here{!appearance.readOnly && ' · '}
          </span>
        )}
        {!appearance.readOnly && (
          <>
            <span class="own-name-label">you are </span>
            <bdi class="own-name">{name}</bdi>
          </>
        )}
      </summary>
      <div class="panel">
        {!appearance.readOnly && !hasVouchedName && <NameForm room={room} url={url} name={name} />}
        {appearance.presence && (
          <section class="presence" aria-labelledby="people-heading">
            <h2 id="people-heading">Here now</h2>
            <ul id="people" hx-get={url('/people')} hx-trigger="refresh" hx-swap="innerMorph">
              {raw(peopleItems(list))}
            </ul>
          </section>
        )}
        <label class="check" data-mute hidden>
          <input type="checkbox" /> Mute this room: no counts
        </label>
        <p id="retention-note" class="hint">
          {retentionSentence(kept)}
        </p>
      </div>
    </details>
  )
}
