import { type AssetUrl, Layout } from './layout.tsx'
import { roomPath } from './room-path.ts'

export interface HomeProps {
  readonly asset: AssetUrl
  readonly listed: readonly { readonly room: string; readonly here: number }[]
  /** What was typed before, when it was refused. */
  readonly typed?: { readonly room: string; readonly listed: boolean }
  readonly refusal?: string
}

export function HomePage({ asset, listed, typed, refusal }: HomeProps) {
  return (
    <Layout title="Snug" asset={asset} page="home" script="home.js">
      <main>
        <h1 class="brand">
          <img src={asset('icon.svg')} alt="" width={52} height={52} />
          Snug
        </h1>
        <p class="lead">Name a room, share its link, and talk. No account, nothing to install.</p>
        <form method="post" action="/rooms" class="join">
          <label for="room">Room</label>
          <div class="field">
            <input
              id="room"
              name="room"
              required
              maxlength={200}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              autofocus
              placeholder="tea-at-five"
              value={typed?.room}
              aria-invalid={refusal ? 'true' : undefined}
              aria-describedby={refusal ? 'refusal' : undefined}
            />
            <button type="submit">Join</button>
          </div>
          <output id="address" class="hint" for="room" hidden />
          {refusal && (
            <p id="refusal" class="refusal" role="alert">
              {refusal}
            </p>
          )}
          <label class="check">
            <input type="checkbox" name="listed" value="yes" checked={typed?.listed} /> List this room here
            for everybody
          </label>
          <p class="hint">
            A new name makes a new room, a known one joins it. Rooms are vanishing: nothing that is said is
            stored anywhere, and a refresh empties the log.
          </p>
        </form>
        <section id="visited" aria-labelledby="visited-heading" hidden>
          <div class="heading">
            <h2 id="visited-heading">Visited from this browser</h2>
            <button type="button" class="quiet">
              Forget them
            </button>
          </div>
          <ul class="rooms" />
        </section>
        {listed.length > 0 && (
          <section aria-labelledby="listed">
            <h2 id="listed">Open now</h2>
            <ul class="rooms">
              {listed.map(({ room, here }) => (
                <li>
                  <a href={roomPath(room)}>
                    <bdi>{room}</bdi>
                  </a>{' '}
                  <span>{here} here</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <p class="foot">
          <a href="/about">What Snug is, and what it stores</a> ·{' '}
          <a href="/me">What it knows of this browser</a>
        </p>
      </main>
    </Layout>
  )
}
