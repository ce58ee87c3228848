import type { Appearance } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { type RoomUrl, roomUrl } from './room-path.ts'

export interface NameProps {
  readonly room: string
  /** The URLs that it posts to; by default those of the room. */
  readonly url?: RoomUrl | undefined
  /** The content of the field: the reader's name, or the typed name after a refusal. */
  readonly name: string
  readonly refusal?: string
  /** Free names that resemble the refused one. */
  readonly offers?: readonly string[]
  /** Whether the name was changed by this request. */
  readonly saved?: boolean
}

/** The form in the people panel that changes the reader's name. */
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

/** The part that every response renders anew. */
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
        <button type="submit">Change</button>
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
      {saved && (
        <output class="hint">
          You are <bdi>{name}</bdi> now.
        </output>
      )}
    </>
  )
}

/** The response to a change of name: the fields, and the name in the page's header. */
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
  /** The static log from which it is sent, if it is. */
  readonly staticLogUrl?: string
  /** Set in an embed. */
  readonly appearance?: Appearance | undefined
}

/** The form as a page of its own, for the composer's frame of a page without scripts. */
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
