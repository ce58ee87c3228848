import type { Settings } from '../src/chat/kept-room.ts'
import type { Slug } from '../src/chat/room.ts'
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
  /** The room's whole URL, which others join by. */
  readonly link: string
  /** The reader's name. */
  readonly name: string
  /** `?after=…&proof=…`: where the streams of this page begin. */
  readonly streamQuery: string
  /** The idempotency token of the next post. */
  readonly postKey: string
  /** The settings of a kept room; undefined for a vanishing one. */
  readonly kept: Settings | undefined
  /** Whether the reader owns the room. */
  readonly owner: boolean
  /** Whether any site may embed the room. */
  readonly embeddable: boolean
  /** The newest messages of a kept room; undefined for a vanishing one. */
  readonly history: HistoryProps | undefined
  /** Other rooms whose names look like this one's. */
  readonly similar: readonly Slug[]
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
  'similar',
] as const

type RoomPageSlots = Readonly<Record<(typeof ROOM_SLOTS)[number], string>>

/** The differences between pages of a room that are not filled into slots. */
interface RoomPageVariant extends Pick<RoomProps, 'kept' | 'owner' | 'embeddable'> {
  readonly isLoopback: boolean
}

/** How many templates are cached, of some ten kilobytes each. Each number of messages to keep is a variant. */
const VARIANTS_MAX = 100
const ROOM_TEMPLATES_MAX = 200

/** Longer than any real link. The host in a link is the request's `Host` header, so a caller chooses its length. */
const LINK_MAX = 1_000

/**
 * Renders the pages of rooms from cached templates.
 * @param heartbeatSeconds between two heartbeats of a stream
 */
export function createRoomPageRenderer(
  asset: AssetUrl,
  heartbeatSeconds: number,
): (props: RoomProps) => string {
  const variants = new TemplateCache<(typeof ROOM_SLOTS)[number]>(VARIANTS_MAX)
  const rooms = new TemplateCache<Exclude<(typeof ROOM_SLOTS)[number], 'room' | 'link' | 'origin'>>(
    ROOM_TEMPLATES_MAX,
  )
  return (props) => {
    const { room, kept, owner, embeddable, link, history, name } = props
    const variantKey = `${retentionCode(kept)} ${owner} ${embeddable}`
    // The key of a room's template is its link, which contains the slug: people come by several hosts.
    const makeRoomTemplate = () => {
      const variant = { kept, owner, embeddable, isLoopback: isLoopbackLink(link) }
      const make = () =>
        template(ROOM_SLOTS, (marks) => renderPage(RoomPage({ asset, heartbeatSeconds, variant, ...marks })))
      const origin = link.slice(0, -roomPath(room).length)
      return variants
        .getOrCreate(`${variantKey} ${variant.isLoopback}`, make)
        .fillSome({ room, link, origin })
    }
    const roomTemplate =
      link.length > LINK_MAX
        ? makeRoomTemplate()
        : rooms.getOrCreate(`${variantKey} ${link}`, makeRoomTemplate)
    return roomTemplate.fill({
      name,
      // Values that Snug made itself contain nothing to escape.
      me: { html: props.me },
      streamQuery: { html: props.streamQuery.replaceAll('&', '&amp;') },
      postKey: { html: props.postKey },
      count: { html: String(props.count) },
      people: { html: peopleItems(props) },
      history: { html: history ? String(History(history)) : '' },
      similar: { html: similarRoomsHint(props.similar) },
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
        {props.similar}
        <Log {...props} {...variant} />
        <Composer room={room} postKey={postKey} />
      </main>
    </Layout>
  )
}

/** Warns of rooms that can be mistaken for the one that the reader is in. Empty if there are none. */
function similarRoomsHint(similar: readonly Slug[]): string {
  if (similar.length === 0) return ''
  const links = similar.map((room) => (
    <>
      {' '}
      <a href={roomPath(room)}>
        <bdi>{room}</bdi>
      </a>
    </>
  ))
  return String(
    <p class="notice similar-rooms">Another room here looks like this one, and is not the same:{links}</p>,
  )
}

export interface LogProps extends Pick<RoomProps, 'room' | 'streamQuery' | 'me' | 'kept' | 'owner'> {
  readonly heartbeatSeconds: number
  /** The newest messages of a kept room, as HTML. */
  readonly history: string
  /** The URLs of the room's parts; by default those of the room's page. */
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
