import type { Settings } from '../src/chat/kept-room.ts'
import { Composer, type ComposerProps } from './composer.tsx'
import { History, type HistoryProps } from './history.tsx'
import { Kind, keepsSentence } from './keeps.tsx'
import { type AssetUrl, Layout } from './layout.tsx'
import { People, type PeopleProps } from './people.tsx'
import { ownUrl, type RoomUrl, roomPath } from './room-path.ts'
import { Share } from './share.tsx'

export interface RoomProps extends PeopleProps {
  readonly asset: AssetUrl
  readonly room: string
  /** The whole address that others join by. */
  readonly link: string
  /** The reader's own. */
  readonly name: string
  /** `?after=…&proof=…`: where the streams of this page begin. */
  readonly begin: string
  /** Seconds between two proofs that the stream lives. */
  readonly beatSeconds: number
  readonly composer: ComposerProps
  /** The settings of a kept room; undefined for a vanishing one. */
  readonly kept: Settings | undefined
  /** Whether the reader owns the room. */
  readonly owner: boolean
  /** What a kept room remembers; undefined for a vanishing one. */
  readonly history: HistoryProps | undefined
}

export function RoomPage(props: RoomProps) {
  const { asset, room, link, me, composer, kept } = props
  const head = (
    <>
      <link rel="stylesheet" href={`/mine/${me}.css`} />
      <noscript>
        <link rel="stylesheet" href={asset('noscript.css')} />
      </noscript>
    </>
  )
  return (
    <Layout title={`${room} · Snug`} asset={asset} page="room" script="snug.js" head={head}>
      <a class="skip" href="#text">
        Skip to writing
      </a>
      <header class="head">
        <a class="home" href="/" aria-label="Snug, first page">
          <img src={asset('icon.svg')} alt="" width={28} height={28} />
        </a>
        <div class="title">
          <div class="called">
            <h1>
              <bdi>{room}</bdi>
            </h1>
            <Kind kept={kept} />
          </div>
          <People {...props} />
        </div>
        <output id="status" class="status" data-state="connecting">
          <span>connecting…</span>
        </output>
        <Share room={room} link={link} />
        <form method="post" action={`${roomPath(room)}/leave`}>
          <button type="submit" class="quiet">
            Leave
          </button>
        </form>
      </header>
      <main class="talk">
        <Log {...props} />
        <Composer {...composer} />
      </main>
    </Layout>
  )
}

export interface LogProps
  extends Pick<RoomProps, 'room' | 'begin' | 'me' | 'beatSeconds' | 'kept' | 'history' | 'owner'> {
  /** Where its parts are, if not at the room's own addresses. */
  readonly url?: RoomUrl
  readonly readOnly?: boolean
}

export function Log({ room, url = ownUrl(room), readOnly, begin, ...props }: LogProps) {
  const { me, beatSeconds, kept, history, owner } = props
  return (
    <div class="log-area">
      <section
        class="scroller"
        tabindex={0}
        aria-label="Messages"
        aria-description="The arrow keys lead from message to message."
      >
        <div class="thread">
          <div
            id="log"
            class="log"
            role="log"
            aria-live="polite"
            aria-relevant="additions"
            data-stream={url(`/events${begin}`)}
            data-beat={beatSeconds}
            data-me={me}
            data-kept={history && (owner ? 'owner' : 'reader')}
          >
            <p class="line keeps">{keepsSentence(kept)}</p>
            {history && <History {...history} />}
          </div>
          <div id="pending" class="log" />
          <p id="typing" class="typing line" aria-hidden="true" />
        </div>
      </section>
      <noscript>
        <iframe class="live" title="Messages" src={url(`/live.html${begin}`)} />
        {!readOnly && <iframe class="write" title="Write a message" src={url('/composer')} />}
      </noscript>
    </div>
  )
}
