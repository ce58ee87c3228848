import type { AssetUrl } from './asset-url.ts'
import { HiddenField } from './hidden-field.tsx'
import { Layout } from './layout.tsx'
import { roomPath } from './room-path.ts'

export interface MeProps {
  readonly asset: AssetUrl
  /** Milliseconds since 1970; undefined for a browser without a session. */
  readonly session: { readonly since: number; readonly until: number } | undefined
  /** The names that this browser holds now. */
  readonly rooms: readonly { readonly room: string; readonly name: string }[]
  /** The names that this browser took before, and gets back if they are free. */
  readonly preferredNames: readonly { readonly room: string; readonly name: string }[]
  /** Whether Snug was just told to forget this browser. */
  readonly forgotten: boolean
  /** Seconds for which readers who reconnect get the messages that they missed. */
  readonly replaySeconds: number
}

/** How many rooms are listed by name. Further ones are counted. */
const ROOMS_SHOWN_MAX = 100

/** Shows what Snug knows about this browser, with a button that ends it. */
export function MePage({ asset, session, rooms, preferredNames, forgotten, replaySeconds }: MeProps) {
  return (
    <Layout title="What Snug knows about this browser" asset={asset} bodyClass="info-page" script="me.js">
      <main class="prose">
        <h1>What Snug knows about this browser</h1>
        {forgotten && (
          <p class="success" role="status">
            Done: your names are free, and this browser’s session has ended.
          </p>
        )}
        <h2>Your session</h2>
        {session ? (
          <p>
            Since <Timestamp at={session.since} />, one signed cookie has made this browser the same person to
            Snug. The session ends on <Timestamp at={session.until} /> unless you come back before then.
          </p>
        ) : (
          <p>
            None: Snug knows nothing about this browser. A session begins when you open the home page or a
            room.
          </p>
        )}
        {session && (
          <RoomNames
            heading="Names you hold"
            none="None just now. You get a name when you first enter a room."
            rooms={rooms}
          />
        )}
        {preferredNames.length > 0 && (
          <RoomNames heading="Names you took before, stored in a second cookie" rooms={preferredNames} />
        )}
        <h2>Kept only in this browser</h2>
        <div id="browser-storage">
          <noscript>
            <p>
              With JavaScript, Snug’s pages store a few things here: rooms you visited, people you ignore,
              text you did not send. This page needs JavaScript to show them. You can clear them in your
              browser’s settings.
            </p>
          </noscript>
        </div>
        <h2>Stored on the server</h2>
        <p>
          Of vanishing rooms, nothing. In memory, and never on a disk, the server holds the names that people
          have,{' '}
          {replaySeconds > 0 &&
            `for ${replaySeconds === 1 ? 'a second' : `${replaySeconds} seconds`} the last messages of each vanishing room, `}
          and for ten minutes a fingerprint of what was sent, so that nothing is posted twice.
        </p>
        <p>
          Of kept rooms, what you said there, with its time, your name and tag, and a fingerprint of your
          session, for as long as the room’s page says; and for a day a fingerprint of what was sent. The
          server can’t list it here, because it can’t follow you from room to room: delete your messages in
          each room before you let Snug forget you.
        </p>
        <p>
          Each room that this browser owns has a cookie that only its own pages receive. This page can neither
          see nor delete these cookies; the settings of each room can.
        </p>
        {(session || preferredNames.length > 0) && (
          <form id="forget" method="post" action="/me/forget" class="box">
            <p>
              Snug can forget this browser now: you leave all rooms, your names become free for others, your
              session ends, and what this browser keeps for Snug is cleared. What you said stays on the
              screens that are open, and in kept rooms.
            </p>
            <HiddenField />
            <button type="submit">Forget me</button>
          </form>
        )}
        <p>
          <a href="/">Go to the home page</a> · <a href="/about">About Snug</a>
        </p>
      </main>
    </Layout>
  )
}

function RoomNames({ heading, none, rooms }: { heading: string; none?: string } & Pick<MeProps, 'rooms'>) {
  const more = rooms.length - ROOMS_SHOWN_MAX
  return (
    <>
      <h2>{heading}</h2>
      {rooms.length === 0 && <p>{none}</p>}
      {rooms.length > 0 && (
        <ul class="rooms">
          {rooms.slice(0, ROOMS_SHOWN_MAX).map(({ room, name }) => (
            <li>
              <a href={roomPath(room)}>
                <bdi>{room}</bdi>
              </a>
              <bdi>{name}</bdi>
            </li>
          ))}
          {more > 0 && <li>and {more} more</li>}
        </ul>
      )}
    </>
  )
}

const SESSION_TIME_FORMAT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
})

function Timestamp({ at }: { at: number }) {
  return <time datetime={new Date(at).toISOString()}>{SESSION_TIME_FORMAT.format(at)} UTC</time>
}
