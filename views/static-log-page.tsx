import { raw } from 'hono/html'
import { type EventId, formatId, type Posted } from '../src/chat/event.ts'
import type { Settings } from '../src/chat/kept-room.ts'
import type { AssetUrl } from './asset-url.ts'
import { ComposerFields, type ComposerProps } from './composer.tsx'
import { Sure } from './hidden-field.tsx'
import { Messages, Older } from './history.tsx'
import { Layout } from './layout.tsx'
import { NameFields } from './name-form.tsx'
import { PeopleItems, type PeopleProps } from './people.tsx'
import { Kind, keepsSentence } from './retention.tsx'
import { roomPath } from './room-path.ts'

export interface LogPageProps extends PeopleProps {
  readonly asset: AssetUrl
  readonly room: string
  /** The whole address that others join by. */
  readonly link: string
  /** The reader's own. */
  readonly name: string
  /** The address of this page behind what it shows: what comes meanwhile is shown there. */
  readonly next: string
  readonly composer: Omit<ComposerProps, 'room'>
  /** The settings of a kept room; undefined for a vanishing one. */
  readonly kept: Settings | undefined
  readonly owner: boolean
  readonly shown: LogContent
}

/** What a page that stands still shows of a room: of a kept one what it remembers, of another what came meanwhile. */
export type LogContent =
  | {
      readonly kind: 'history'
      readonly messages: readonly Posted[]
      readonly older: boolean
      /** The event up to which the page before showed it. */
      readonly seen: EventId | undefined
    }
  | { readonly kind: 'meanwhile'; readonly html: string; readonly first: boolean }

const VANISHING = 'Nothing said here is stored: each refresh shows only what was said since the one before.'

/** A room as a page that stands still: what a text browser can show, with links and forms for everything. */
export function LogPage(props: LogPageProps) {
  const { asset, room, link, name, me, next, composer, kept, owner, people, count } = props
  const path = roomPath(room)
  const ways = (
    <p class="ways">
      <a href={`${next}#new`}>Refresh</a> · <a href={`${next}/wait#new`}>Wait for the next message</a>
    </p>
  )
  return (
    <Layout
      title={`${room} · Snug`}
      asset={asset}
      page="past still"
      head={<link rel="stylesheet" href={`/mine/${me}.css`} />}
    >
      <header class="head">
        <a class="home" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={28} height={28} />
        </a>
        <div class="title">
          <h1>
            <bdi>{room}</bdi>
          </h1>
          <Kind kept={kept} />
        </div>
        <a href="#text">Write</a>
      </header>
      <main>
        <div id="log" class="log">
          <p class="line keeps">{kept ? keepsSentence(kept) : VANISHING}</p>
          <ShownPart shown={props.shown} />
        </div>
        <div class="forms">
          {ways}
          <form class="composer" method="post" action={`${path}/messages`}>
            <input type="hidden" name="log" value={next} />
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
            <input type="hidden" name="log" value={next} />
            <NameFields room={room} name={name} />
          </form>
          <p>
            Anyone with this link can join: <a href={link}>{link}</a> (
            <a href={`${path}/qr.svg`}>as a QR code</a>)
          </p>
          {owner && (
            <p>
              You own this room: <a href={`${path}/settings`}>its settings</a>.
            </p>
          )}
          <form method="post" action={`${path}/leave`}>
            <Sure />
            <button id="leave" type="submit" class="quiet">
              Leave
            </button>
          </form>
        </div>
      </main>
    </Layout>
  )
}

function ShownPart({ shown }: { shown: LogContent }) {
  if (shown.kind === 'meanwhile') {
    if (shown.html !== '')
      return (
        <>
          <p id="new" class="line new">
            New
          </p>
          {raw(shown.html)}
        </>
      )
    return (
      <p id="new" class="line">
        {shown.first ? 'New messages appear when you refresh.' : 'Nothing new.'}
      </p>
    )
  }
  const { messages, older, seen } = shown
  const [first] = messages
  const fresh = seen ? messages.findIndex(({ id }) => id.epoch !== seen.epoch || id.seq > seen.seq) : -1
  const known = fresh < 0 ? messages.length : fresh
  return (
    <>
      {older && first && <Older before={formatId(first.id)} />}
      <Messages messages={messages.slice(0, known)} />
      <p id="new" class={`line${fresh < 0 ? '' : ' new'}`}>
        {fresh >= 0 ? 'New' : seen ? 'Nothing new.' : 'These are the newest messages.'}
      </p>
      <Messages messages={messages.slice(known)} />
    </>
  )
}
