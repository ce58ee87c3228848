import { type AssetUrl, Layout } from './layout.tsx'
import { roomPath } from './room-path.ts'
import { Sure } from './sure.tsx'

export interface MeProps {
  readonly asset: AssetUrl
  /** Milliseconds since 1970; undefined for a browser without a session. */
  readonly session: { readonly since: number; readonly until: number } | undefined
  /** Where a name is held just now. */
  readonly rooms: readonly { readonly room: string; readonly name: string }[]
  /** Names that the browser took before, and asks for when it comes back. */
  readonly wishes: readonly { readonly room: string; readonly name: string }[]
  /** Whether Snug was just told to forget this browser. */
  readonly forgotten: boolean
  /** Seconds for which readers who reconnect find what they missed. */
  readonly replaySeconds: number
}

/** Rooms that are listed; who holds a name in more is told how many more. */
const SHOWN_MAX = 100

/** What Snug knows of this browser, and a way to end that. */
export function MePage({ asset, session, rooms, wishes, forgotten, replaySeconds }: MeProps) {
  return (
    <Layout title="What Snug knows of this browser" asset={asset} page="about" script="me.js">
      <main class="prose">
        <h1>What Snug knows of this browser</h1>
        {forgotten && (
          <p class="done" role="status">
            Done: your names are free, and this browser’s session is over.
          </p>
        )}
        <h2>Your session</h2>
        {session ? (
          <p>
            Since <Moment at={session.since} /> this browser is the same person to Snug, by one signed cookie.
            The session ends on <Moment at={session.until} />, unless you come back before.
          </p>
        ) : (
          <p>
            None: Snug knows nothing of this browser. A session begins with the first page or room that you
            open.
          </p>
        )}
        {session && (
          <Rooms
            heading="Names you hold"
            none="None just now: a name is yours from the first time you are in a room."
            rooms={rooms}
          />
        )}
        {wishes.length > 0 && <Rooms heading="Names you took before, in a second cookie" rooms={wishes} />}
        <h2>Kept in this browser alone</h2>
        <div id="kept">
          <noscript>
            <p>
              Only with JavaScript do Snug’s pages keep anything here, and only with it can this page look:
              rooms you visited, people you ignore, text you did not send. Your browser’s settings can clear
              it.
            </p>
          </noscript>
        </div>
        <h2>Stored on the server</h2>
        <p>
          Of vanishing rooms, nothing. In its memory, and never on a disk, are the names that people hold,{' '}
          {replaySeconds > 0 && `for ${replaySeconds} seconds the last messages of each vanishing room, `}
          and for ten minutes a fingerprint of what was sent, so that nothing is posted twice.
        </p>
        <p>
          Of kept rooms, what you said there, with its time, your name and tag, and a fingerprint of your
          session, for as long as the room’s page says; and for a day a fingerprint of what was sent. The
          server can’t list it here, for it can’t follow you from room to room: delete it in its room, before
          you let Snug forget you.
        </p>
        <p>
          Which rooms this browser owns, it tells their own pages alone, by a cookie for each: this page can’t
          see them, nor forget them. The settings of such a room can.
        </p>
        {(session || wishes.length > 0) && (
          <form id="forget" method="post" action="/me/forget" class="forget">
            <p>
              Snug can forget this browser now: you leave all rooms, your names are free for others, your
              session ends, and what this browser keeps for Snug is cleared. What you said stays on the
              screens that are open, and in kept rooms.
            </p>
            <Sure />
            <button type="submit">Forget me</button>
          </form>
        )}
        <p>
          <a href="/">To the first page</a> · <a href="/about">About Snug</a>
        </p>
      </main>
    </Layout>
  )
}

function Rooms({ heading, none, rooms }: { heading: string; none?: string } & Pick<MeProps, 'rooms'>) {
  const more = rooms.length - SHOWN_MAX
  return (
    <>
      <h2>{heading}</h2>
      {rooms.length === 0 && <p>{none}</p>}
      {rooms.length > 0 && (
        <ul class="rooms">
          {rooms.slice(0, SHOWN_MAX).map(({ room, name }) => (
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

const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

function Moment({ at }: { at: number }) {
  return <time datetime={new Date(at).toISOString()}>{WHEN.format(at)} UTC</time>
}
