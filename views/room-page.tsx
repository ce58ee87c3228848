import { Composer, type ComposerProps } from './composer.tsx'
import { type AssetUrl, Layout } from './layout.tsx'
import { roomPath } from './room-path.ts'

export interface RoomProps {
  readonly asset: AssetUrl
  readonly room: string
  /** The whole address that others join by. */
  readonly link: string
  readonly name: string
  /** Marks the reader's own messages. */
  readonly tag: string
  /** `?after=…&proof=…`: where the streams of this page begin. */
  readonly begin: string
  /** Seconds between two proofs that the stream lives. */
  readonly beatSeconds: number
  readonly composer: ComposerProps
}

export function RoomPage({ asset, room, link, name, tag, begin, beatSeconds, composer }: RoomProps) {
  const path = roomPath(room)
  const head = (
    <>
      <link rel="stylesheet" href={`/mine/${tag}.css`} />
      <noscript>
        <link rel="stylesheet" href={asset('noscript.css')} />
      </noscript>
    </>
  )
  return (
    <Layout title={`${room} · Snug`} asset={asset} page="room" scripts head={head}>
      <header class="head">
        <a class="home" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={28} height={28} />
        </a>
        <div class="title">
          <h1>
            <bdi>{room}</bdi>
          </h1>
          <p>
            You are <bdi class="me">{name}</bdi>
          </p>
        </div>
        <output id="status" class="status" data-state="connecting">
          connecting…
        </output>
        <details class="share">
          <summary>Share</summary>
          <div class="sheet">
            <label for="link">Whoever has this link can join:</label>
            <div class="field">
              <input id="link" value={link} readonly />
              <button type="button" data-copy="link" hidden>
                Copy
              </button>
            </div>
          </div>
        </details>
      </header>
      <main class="log-area">
        <section class="scroller" tabindex={0} aria-label="Messages">
          <div
            id="log"
            class="log"
            role="log"
            hx-sse:connect={`${path}/events${begin}`}
            hx-trigger="load, connect"
            hx-swap="beforeend"
            data-beat={beatSeconds}
          >
            <p class="line">
              Nothing said here is stored. Messages live on the screens that are open: refresh, and this log
              is empty.
            </p>
          </div>
        </section>
        <noscript>
          <iframe class="live" title="Messages" src={`${path}/live.html${begin}`} />
          <iframe class="write" title="Write a message" src={`${path}/composer`} />
        </noscript>
      </main>
      <Composer {...composer} />
    </Layout>
  )
}
