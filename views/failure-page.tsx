import type { Slug } from '../src/chat/room.ts'
import type { Appearance } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { roomPath } from './room-path.ts'

const TITLES = new Map([
  [401, 'Not recognised'],
  [403, 'This door is closed'],
  [404, 'No room here yet'],
  [405, 'Not allowed here'],
  [409, 'Taken'],
  [410, 'Deleted'],
  [413, 'Too much at once'],
  [415, 'Not understood'],
  [422, 'That can’t be used'],
  [429, 'A little too fast'],
  [503, 'Busy for a moment'],
  [507, 'No space left'],
])

export interface FailureProps {
  readonly asset: AssetUrl
  readonly status: number
  readonly sentence: string
  /** The room that the address is in, if the room itself exists. */
  readonly room?: Slug | undefined
  /** Set in an embed: its appearance, and whether the host page named the user. */
  readonly embed?: { readonly appearance: Appearance; readonly named: boolean } | undefined
}

export function FailurePage(props: FailureProps) {
  const { asset, status, sentence, room, embed } = props
  const title = findTitle(status, room)
  if (embed) return <EmbedFailure {...props} title={title} embed={embed} />
  return (
    <Layout title={`${title} · Snug`} asset={asset} bodyClass="short-page">
      <main>
        <a class="home-link" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={44} height={44} />
        </a>
        <h1>{title}</h1>
        <p class="lead">{sentence}</p>
        {room !== undefined && (
          <p>
            <a class="button" href={roomPath(room)}>
              Go to the room
            </a>
          </p>
        )}
        <p>
          <a href="/">Go to the home page</a>
        </p>
      </main>
    </Layout>
  )
}

function findTitle(status: number, room: Slug | undefined): string {
  // The room is there, and something in it is missing.
  if (status === 404 && room !== undefined) return 'Nothing here'
  return TITLES.get(status) ?? 'Something went wrong'
}

type EmbedFailureProps = Required<Omit<FailureProps, 'room'>> & { readonly title: string }

/** A failure in an embed. After a 403 its script tries the ticket that the browser has stored. */
function EmbedFailure({ asset, status, sentence, title, embed }: EmbedFailureProps) {
  return (
    <Layout
      title={`${title} · Snug`}
      asset={asset}
      bodyClass="short-page embed"
      script={status === 403 ? 'embed-retry.js' : undefined}
      appearance={embed?.appearance}
      data={{ 'data-new-member': '', ...(embed?.named && { 'data-vouched': '' }) }}
    >
      <main>
        <h1>{title}</h1>
        <p>{sentence}</p>
      </main>
    </Layout>
  )
}
