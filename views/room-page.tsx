import type { Settings } from '../src/chat/kept-room.ts'
import type { AssetUrl } from './asset-url.ts'
import { Composer } from './composer.tsx'
import { HiddenField } from './hidden-field.tsx'
import { History, type HistoryProps } from './history.tsx'
import { Layout, renderPage } from './layout.tsx'
import { LinkPreview } from './link-preview.tsx'
import { People, type PeopleProps, peopleItems } from './people.tsx'
import { KindBadge, retentionCode, retentionSentence } from './retention.tsx'
import { type RoomUrl, roomPath, roomUrl } from './room-path.ts'
import { isLoopbackLink, Share } from './share.tsx'
import { TemplateCache, template } from './template.ts'

export interface RoomProps extends PeopleProps {
  readonly room: string
  /** The whole address that others join by. */
  readonly link: string
  /** The reader's own. */
  readonly name: string
  /** `?after=…&proof=…`: where the streams of this page begin. */
  readonly streamQuery: string
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

const ROOM_SLOTS = [
  'room',
  'link',
  'origin',
  'name',
  'me',
  'streamQuery',
  'postKey',
  'count',
  'people',
  'history',
] as const

type RoomPageSlots = Readonly<Record<(typeof ROOM_SLOTS)[number], string>>

/** What pages of a room differ in besides what is filled in. */
interface RoomPageVariant extends Pick<RoomProps, 'kept' | 'owner' | 'embeddable'> {
  readonly isLoopback: boolean
}

/** Rooms can be told to keep any number of messages: each is a shape of its own, of some ten kilobytes, as is each room. */
const VARIANTS_MAX = 100
const ROOM_TEMPLATES_MAX = 200

/** Longer than any that leads somewhere: whoever asks says what the host is called, and pages repeat it. */
const LINK_MAX = 1_000

/**
 * The pages of rooms.
 * @param heartbeatSeconds between two proofs that a stream lives
 */
export function createRoomPageRenderer(
  asset: AssetUrl,
  heartbeatSeconds: number,
): (props: RoomProps) => string {
  const shapes = new TemplateCache<(typeof ROOM_SLOTS)[number]>(VARIANTS_MAX)
  const rooms = new TemplateCache<Exclude<(typeof ROOM_SLOTS)[number], 'room' | 'link' | 'origin'>>(
    ROOM_TEMPLATES_MAX,
  )
  return (props) => {
    const { room, kept, owner, embeddable, link, history, name } = props
    const kind = `${retentionCode(kept)} ${owner} ${embeddable}`
    // By its link, which names the room: people come by several addresses.
    const ofRoom = () => {
      const variant = { kept, owner, embeddable, isLoopback: isLoopbackLink(link) }
      const make = () =>
        template(ROOM_SLOTS, (places) =>
          renderPage(RoomPage({ asset, heartbeatSeconds, variant, ...places })),
        )
      const origin = link.slice(0, -roomPath(room).length)
      return shapes.getOrCreate(`${kind} ${variant.isLoopback}`, make).fillSome({ room, link, origin })
    }
    const filled = link.length > LINK_MAX ? ofRoom() : rooms.getOrCreate(`${kind} ${link}`, ofRoom)
    return filled.fill({
      name,
      // What Snug made itself has nothing in it to escape.
      me: { html: props.me },
      streamQuery: { html: props.streamQuery.replaceAll('&', '&amp;') },
      postKey: { html: props.postKey },
      count: { html: String(props.count) },
      people: { html: peopleItems(props) },
      history: { html: history ? String(History(history)) : '' },
    })
  }
}

interface RoomPageProps extends RoomPageSlots {
  readonly asset: AssetUrl
  readonly heartbeatSeconds: number
  readonly variant: RoomPageVariant
}

function RoomPage(props: RoomPageProps) {
  const { asset, room, me, postKey, variant } = props
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
    <Layout title={`${room} · Snug`} asset={asset} bodyClass="room" script="snug.js" head={head}>
      <a class="skip-link" href="#text">
        Skip to writing
      </a>
      <header class="header">
        <a class="home-link" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={28} height={28} />
        </a>
        <div class="title">
          <div class="room-title">
            <h1>
              <bdi>{room}</bdi>
            </h1>
            <KindBadge kept={variant.kept} />
          </div>
          <People {...props} {...variant} />
        </div>
        <output id="status" class="status" data-state="connecting">
          <span>connecting…</span>
        </output>
        <Share {...props} {...variant} />
        <form method="post" action={`${roomPath(room)}/leave`}>
          <HiddenField />
          <button type="submit" class="secondary">
            Leave
          </button>
        </form>
      </header>
      <main class="chat">
        <Log {...props} {...variant} />
        <Composer room={room} postKey={postKey} />
      </main>
    </Layout>
  )
}

export interface LogProps extends Pick<RoomProps, 'room' | 'streamQuery' | 'me' | 'kept' | 'owner'> {
  readonly heartbeatSeconds: number
  /** What a kept room remembers, as it stands in the log. */
  readonly history: string
  /** Where its parts are, if not at the room's own addresses. */
  readonly url?: RoomUrl
  readonly readOnly?: boolean
}

export function Log({ room, url = roomUrl(room), readOnly, streamQuery, ...props }: LogProps) {
  const { me, heartbeatSeconds, history, kept, owner } = props
  return (
    <div class="log-area">
      <section
        class="scroller"
        tabindex={0}
        aria-label="Messages"
        aria-description="Use the arrow keys to move from message to message."
      >
        <div class="scroll-content">
          <div
            id="log"
            class="log"
            role="log"
            aria-live="polite"
            aria-relevant="additions"
            data-stream={url(`/events${streamQuery}`)}
            data-heartbeat-seconds={heartbeatSeconds}
            data-own-tag={me}
            data-kept={kept && (owner ? 'owner' : 'reader')}
          >
            <p class="notice retention-note">{retentionSentence(kept)}</p>
            {history}
          </div>
          <div id="pending" class="log" />
          <p id="typing" class="typing notice" aria-hidden="true" />
        </div>
      </section>
      <noscript>
        <iframe class="log-frame" title="Messages" src={url(`/live.html${streamQuery}`)} />
        {!readOnly && <iframe class="composer-frame" title="Write a message" src={url('/composer')} />}
      </noscript>
    </div>
  )
}
