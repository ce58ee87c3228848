import type { Settings } from '../src/chat/kept-room.ts'
import type { AssetUrl } from './asset-url.ts'
import { Composer } from './composer.tsx'
import { Sure } from './hidden-field.tsx'
import { History, type HistoryProps } from './history.tsx'
import { Layout, page } from './layout.tsx'
import { LinkPreview } from './link-preview.tsx'
import { People, type PeopleProps, peopleItems } from './people.tsx'
import { Kind, keepsSentence, keepsWord } from './retention.tsx'
import { ownUrl, type RoomUrl, roomPath } from './room-path.ts'
import { isOnlyHere, Share } from './share.tsx'
import { Shapes, template } from './template.ts'

export interface RoomProps extends PeopleProps {
  readonly room: string
  /** The whole address that others join by. */
  readonly link: string
  /** The reader's own. */
  readonly name: string
  /** `?after=…&proof=…`: where the streams of this page begin. */
  readonly begin: string
  /** The idempotency token of the next post. */
  readonly postKey: string
  /** The settings of a kept room; undefined for a vanishing one. */
  readonly kept: Settings | undefined
  /** Whether the reader owns the room. */
  readonly owner: boolean
  /** Whether any page may show it. */
  readonly embeddable: boolean
  /** What a kept room remembers; undefined for a vanishing one. */
  readonly history: HistoryProps | undefined
}

const PLACES = [
  'room',
  'link',
  'origin',
  'name',
  'me',
  'begin',
  'postKey',
  'count',
  'people',
  'history',
] as const

type Places = Readonly<Record<(typeof PLACES)[number], string>>

/** What pages of a room differ in besides what is filled in. */
interface Shape extends Pick<RoomProps, 'kept' | 'owner' | 'embeddable'> {
  readonly onlyHere: boolean
}

/** Rooms can be told to keep any number of messages: each is a shape of its own, of some ten kilobytes, as is each room. */
const SHAPES_MAX = 100
const ROOMS_MAX = 200

/** Longer than any that leads somewhere: whoever asks says what the host is called, and pages repeat it. */
const LINK_MAX = 1_000

/**
 * The pages of rooms.
 * @param beatSeconds between two proofs that a stream lives
 */
export function roomPages(asset: AssetUrl, beatSeconds: number): (props: RoomProps) => string {
  const shapes = new Shapes<(typeof PLACES)[number]>(SHAPES_MAX)
  const rooms = new Shapes<Exclude<(typeof PLACES)[number], 'room' | 'link' | 'origin'>>(ROOMS_MAX)
  return (props) => {
    const { room, kept, owner, embeddable, link, history, name } = props
    const kind = `${keepsWord(kept)} ${owner} ${embeddable}`
    // By its link, which names the room: people come by several addresses.
    const ofRoom = () => {
      const shape = { kept, owner, embeddable, onlyHere: isOnlyHere(link) }
      const make = () =>
        template(PLACES, (places) => page(RoomPage({ asset, beatSeconds, shape, ...places })))
      const origin = link.slice(0, -roomPath(room).length)
      return shapes.of(`${kind} ${shape.onlyHere}`, make).fillSome({ room, link, origin })
    }
    const filled = link.length > LINK_MAX ? ofRoom() : rooms.of(`${kind} ${link}`, ofRoom)
    return filled.fill({
      name,
      // What Snug made itself has nothing in it to escape.
      me: { html: props.me },
      begin: { html: props.begin.replaceAll('&', '&amp;') },
      postKey: { html: props.postKey },
      count: { html: String(props.count) },
      people: { html: peopleItems(props) },
      history: { html: history ? String(History(history)) : '' },
    })
  }
}

interface RoomPageProps extends Places {
  readonly asset: AssetUrl
  readonly beatSeconds: number
  readonly shape: Shape
}

function RoomPage(props: RoomPageProps) {
  const { asset, room, me, postKey, shape } = props
  const head = (
    <>
      <LinkPreview {...props} />
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
        <a class="home" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={28} height={28} />
        </a>
        <div class="title">
          <div class="called">
            <h1>
              <bdi>{room}</bdi>
            </h1>
            <Kind kept={shape.kept} />
          </div>
          <People {...props} {...shape} />
        </div>
        <output id="status" class="status" data-state="connecting">
          <span>connecting…</span>
        </output>
        <Share {...props} {...shape} />
        <form method="post" action={`${roomPath(room)}/leave`}>
          <Sure />
          <button type="submit" class="quiet">
            Leave
          </button>
        </form>
      </header>
      <main class="talk">
        <Log {...props} {...shape} />
        <Composer room={room} postKey={postKey} />
      </main>
    </Layout>
  )
}

export interface LogProps extends Pick<RoomProps, 'room' | 'begin' | 'me' | 'kept' | 'owner'> {
  readonly beatSeconds: number
  /** What a kept room remembers, as it stands in the log. */
  readonly history: string
  /** Where its parts are, if not at the room's own addresses. */
  readonly url?: RoomUrl
  readonly readOnly?: boolean
}

export function Log({ room, url = ownUrl(room), readOnly, begin, ...props }: LogProps) {
  const { me, beatSeconds, history, kept, owner } = props
  return (
    <div class="log-area">
      <section
        class="scroller"
        tabindex={0}
        aria-label="Messages"
        aria-description="Use the arrow keys to move from message to message."
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
            data-kept={kept && (owner ? 'owner' : 'reader')}
          >
            <p class="line keeps">{keepsSentence(kept)}</p>
            {history}
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
