import type { Slug } from '../src/chat/room.ts'
import type { Look } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { roomPath } from './room-path.ts'

const TITLES = new Map([
  [401, 'Not recognised'],
  [403, 'Not allowed'],
  [404, 'Nothing here'],
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
  /** The room in which something else was looked for. */
  readonly room?: Slug | undefined
  /** In another site's page: how that looks, and whether the page around it named who comes. */
  readonly frame?: { readonly look: Look; readonly named: boolean } | undefined
}

export function FailurePage(props: FailureProps) {
  const { asset, status, sentence, room, frame } = props
  const title = TITLES.get(status) ?? 'Something went wrong'
  if (frame) return <FramedFailure {...props} title={title} frame={frame} />
  return (
    <Layout title={`${title} · Snug`} asset={asset} page="failure">
      <main>
        <a class="home" href="/" aria-label="Snug, home">
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

type FramedProps = Required<Omit<FailureProps, 'room'>> & { readonly title: string }

/** Whoever was here before comes in by what their browser stored. */
function FramedFailure({ asset, status, sentence, title, frame }: FramedProps) {
  return (
    <Layout
      title={`${title} · Snug`}
      asset={asset}
      page="failure embed"
      script={status === 403 ? 'embed-again.js' : undefined}
      look={frame?.look}
      data={{ 'data-fresh': '', ...(frame?.named && { 'data-named': '' }) }}
    >
      <main>
        <h1>{title}</h1>
        <p>{sentence}</p>
      </main>
    </Layout>
  )
}
