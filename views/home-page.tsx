import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { RetentionFields, type RetentionFieldsProps } from './retention-fields.tsx'
import { roomPath } from './room-path.ts'

export interface HomeProps {
  readonly asset: AssetUrl
  readonly listed: readonly { readonly room: string; readonly here: number; readonly kept: boolean }[]
  /** The typed form, after a refusal. */
  readonly typed?: TypedRoom
  readonly refusal?: string
}

/** The fields of the form as they were sent. */
export interface TypedRoom extends RetentionFieldsProps {
  readonly room: string
  readonly kind: string
  readonly listed: boolean
}

export function HomePage({ asset, listed, typed, refusal }: HomeProps) {
  return (
    <Layout title="Snug" asset={asset} bodyClass="home" script="home.js">
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
              placeholder="Tea at five"
              value={typed?.room}
              aria-invalid={refusal ? 'true' : undefined}
              aria-describedby={refusal ? 'refusal' : undefined}
            />
            <button type="submit">Open it</button>
          </div>
          <output id="address" class="hint" for="room" hidden />
          {refusal && (
            <p id="refusal" class="refusal" role="alert">
              {refusal}
            </p>
          )}
          <p class="hint">A new name opens a new room. A known one takes you there.</p>
          <NewRoomOptions typed={typed} />
        </form>
        <section id="visited" aria-labelledby="visited-heading" hidden>
          <div class="heading">
            <h2 id="visited-heading">Your rooms</h2>
            <button type="button" class="secondary">
              Forget them
            </button>
          </div>
          <ul class="rooms" />
        </section>
        {listed.length > 0 && (
          <section aria-labelledby="listed">
            <h2 id="listed">Open to everybody</h2>
            <ul class="rooms">
              {listed.map(({ room, here, kept }) => (
                <li>
                  <a href={roomPath(room)}>
                    <bdi>{room}</bdi>
                  </a>{' '}
                  <span>
                    {kept && 'kept · '}
                    {here === 0 ? 'nobody here' : `${here} here`}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <p class="footer">
          <a href="/about">What Snug is, and what it stores</a> ·{' '}
          <a href="/me">What it knows about this browser</a>
        </p>
      </main>
    </Layout>
  )
}

/** The options of a new room. They are closed at first: joining needs only one field and one button. */
function NewRoomOptions({ typed }: { typed: TypedRoom | undefined }) {
  const kept = typed?.kind === 'kept'
  return (
    <details class="options" open={kept || typed?.listed}>
      <summary>Vanishing and not listed, unless you choose otherwise</summary>
      <fieldset>
        <legend class="visually-hidden">What happens to messages in a new room</legend>
        <label class="choice">
          <input type="radio" name="kind" value="vanishing" checked={!kept} />
          <span>
            <b>Vanishing:</b> nothing is stored
          </span>
        </label>
        <label class="choice">
          <input type="radio" name="kind" value="kept" checked={kept} />
          <span>
            <b>Kept:</b> stays for later. You get an owner’s link to change or delete the room.
          </span>
        </label>
        <RetentionFields retention={typed?.retention ?? '30d'} keep={typed?.keep ?? ''} />
      </fieldset>
      <label class="check">
        <input type="checkbox" name="listed" value="yes" checked={typed?.listed} /> List this room here for
        everybody
      </label>
    </details>
  )
}
