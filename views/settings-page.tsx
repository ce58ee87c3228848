import { formatRetention, type Settings } from '../src/chat/kept-room.ts'
import type { AssetUrl } from './asset-url.ts'
import { EmbedSettings, type EmbedSettingsProps } from './embed-settings.tsx'
import { HiddenField } from './hidden-field.tsx'
import { Layout } from './layout.tsx'
import { retentionSentence } from './retention.tsx'
import { RetentionFields, type RetentionFieldsProps } from './retention-fields.tsx'
import { roomPath } from './room-path.ts'

export interface SettingsProps {
  readonly asset: AssetUrl
  readonly room: string
  /** Undefined while the settings can't be read. */
  readonly settings: Settings | undefined
  readonly saved?: boolean
  readonly embedding: EmbedSettingsProps
  /** The typed form, after a change was refused. */
  readonly typed?: RetentionFieldsProps & { readonly listed: boolean }
  /** Why the change, or the deletion, was refused. */
  readonly refusal?: string
  readonly deleteRefusal?: string
}

/** The page where the owner of a kept room changes and deletes it. */
export function SettingsPage(props: SettingsProps) {
  const { asset, room, settings, saved, embedding, refusal, typed, deleteRefusal } = props
  const path = roomPath(room)
  const values = typed ?? {
    retention: formatRetention(settings?.retention),
    keep: String(settings?.keep ?? ''),
    listed: settings?.listed ?? false,
  }
  return (
    <Layout title={`Settings of ${room} · Snug`} asset={asset} bodyClass="info-page">
      <main class="prose">
        <h1>
          <bdi>{room}</bdi>
        </h1>
        <p class="lead">
          {settings && `You own this room. ${retentionSentence(settings)}`} <a href={path}>Enter it</a>
        </p>
        {saved && (
          <p class="success" role="status">
            Saved. Everybody in the room was told.
          </p>
        )}
        <form class="box settings" method="post" action={`${path}/settings`}>
          <h2>What it keeps</h2>
          <RetentionFields {...values} />
          <label class="check">
            <input type="checkbox" name="listed" value="yes" checked={values.listed} /> List this room on the
            home page, with the number of people here
          </label>
          {refusal && (
            <p id="refusal" class="refusal" role="alert">
              {refusal}
            </p>
          )}
          <p class="hint">Messages beyond these limits are deleted within a minute.</p>
          <button type="submit">Save</button>
        </form>
        <EmbedSettings path={path} {...embedding} />
        <p>
          <a href={`${path}/export`} download>
            Download all that is kept
          </a>
          , one message per line.
        </p>
        <p>
          <a href={`${path}/tokens`}>Programs in this room</a> read and post with tokens that you make.
        </p>
        <form class="box" method="post" action={`${path}/delete`}>
          <h2>Delete the room</h2>
          <p>
            Everything said in it is deleted for good, and the room closes for everybody in it. Nobody can use
            its name for 30 days, so that old links don’t lead to another room.
          </p>
          <label for="confirm">
            Type the room’s name, <b dir="auto">{room}</b>, to delete it
          </label>
          <input
            id="confirm"
            name="confirm"
            required
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-invalid={deleteRefusal ? 'true' : undefined}
            aria-describedby={deleteRefusal ? 'delete-refusal' : undefined}
          />
          {deleteRefusal && (
            <p id="delete-refusal" class="refusal" role="alert">
              {deleteRefusal}
            </p>
          )}
          <button type="submit" class="danger">
            Delete {room}
          </button>
        </form>
        <form class="disown" method="post" action={`${path}/disown`}>
          <HiddenField />
          <p>
            On a shared computer, let this browser forget that it owns the room; the owner’s link makes it the
            owner again.
          </p>
          <button type="submit" class="secondary">
            Forget it here
          </button>
        </form>
      </main>
    </Layout>
  )
}
