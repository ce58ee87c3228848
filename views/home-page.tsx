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
    <Layout title="Snug" asset={asset} page="home">
      <main>
        <h1>Snug</h1>
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
            Nothing that is said in a room is stored anywhere. A new name makes a new room; a known one joins
            it.
          </p>
        </form>
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
      </main>
    </Layout>
  )
}
