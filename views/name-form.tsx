import type { Appearance } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { type RoomUrl, roomUrl } from './room-path.ts'

export interface NameProps {
  readonly room: string
  /** Where it leads, if not to the room's own addresses. */
  readonly url?: RoomUrl | undefined
  /** What the field holds: the name one has, or what was typed when it was refused. */
  readonly name: string
  readonly refusal?: string
  /** Free names that are like the refused one. */
  readonly offers?: readonly string[]
  /** Whether the name was just taken. */
  readonly saved?: boolean
}

/** Takes another name, from the sheet of who is here. */
export function NameForm(props: NameProps) {
  const { url = roomUrl(props.room) } = props
  const action = url('/name')
  return (
    <form
      class="name"
      method="post"
      action={action}
      hx-post={action}
      hx-target="#name-fields"
      hx-swap="innerMorph"
    >
      <div id="name-fields">
        <NameFields {...props} />
      </div>
    </form>
  )
}

/** The part that every answer makes afresh. */
export function NameFields({ name, refusal, offers = [], saved }: NameProps) {
  return (
    <>
      <label for="name">Your name here</label>
      <div class="field">
        <input
          id="name"
          name="name"
          value={name}
          required
          maxlength={100}
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          aria-invalid={refusal ? 'true' : undefined}
          aria-describedby={refusal ? 'name-refusal' : undefined}
        />
        <button type="submit">Take</button>
      </div>
      {refusal && (
        <p id="name-refusal" class="refusal" role="alert">
          {refusal}
          {offers.length > 0 && ' These are free:'}
        </p>
      )}
      {offers.length > 0 && (
        <p class="suggestions">
          {offers.map((offer) => (
            <button type="submit" name="name" value={offer} class="secondary" formnovalidate>
              <bdi>{offer}</bdi>
            </button>
          ))}
        </p>
      )}
      {saved && <output class="hint">That is your name now.</output>}
    </>
  )
}

/** The answer to a name that was taken: the fields, and the page's head. */
export function SavedName(props: Omit<NameProps, 'saved'>) {
  return (
    <>
      <NameFields {...props} saved />
      <hx-partial hx-target=".own-name" hx-swap="innerHTML">
        {props.name}
      </hx-partial>
    </>
  )
}

interface NamePageProps {
  readonly asset: AssetUrl
  /** The page that stands still from which it was sent, if it was. */
  readonly staticLogUrl?: string
  /** Of an embed's. */
  readonly appearance?: Appearance | undefined
}

/** The same alone: in the composer's frame of a page without scripts. */
export function NamePage({ asset, appearance, staticLogUrl, ...props }: NameProps & NamePageProps) {
  const { url = roomUrl(props.room) } = props
  return (
    <Layout title={`Your name in ${props.room}`} asset={asset} bodyClass="frame-page" appearance={appearance}>
      <form class="name composer" method="post" action={url('/name')}>
        {staticLogUrl ? (
          <input type="hidden" name="log" value={staticLogUrl} />
        ) : (
          <input type="hidden" name="back" value="line" />
        )}
        <div id="name-fields">
          <NameFields {...props} />
        </div>
        <a class="composer-link" href={staticLogUrl ?? `${url('/composer')}#text`}>
          Back to writing
        </a>
      </form>
    </Layout>
  )
}
