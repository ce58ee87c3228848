import type { Settings } from '../src/chat/kept-room.ts'
import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { retentionSentence } from './retention.tsx'
import { roomPath } from './room-path.ts'

export interface RoomCreatedPageProps {
  readonly asset: AssetUrl
  readonly room: string
  readonly settings: Settings
  /** The whole owner's link. It is shown here and never again. */
  readonly ownerLink: string
}

/** Confirms that a kept room was made, and shows its owner's link, once. */
export function RoomCreatedPage({ asset, room, settings, ownerLink }: RoomCreatedPageProps) {
  return (
    <Layout title={`${room} is yours · Snug`} asset={asset} bodyClass="info-page" script="created.js">
      <main class="prose" data-replace-url={`${roomPath(room)}/settings`}>
        <h1>
          <bdi>{room}</bdi> is yours
        </h1>
        <p class="lead">{retentionSentence(settings)}</p>
        <div class="box owner">
          <label for="owner">
            <b>Your key to this room. Save it now: it is shown once, and nobody can get it back.</b>
          </label>
          <div class="field">
            <input id="owner" value={ownerLink} readonly autocomplete="off" />
            <button type="button" data-copy="owner" hidden>
              Copy
            </button>
          </div>
          <p>
            It is the owner’s link: anyone who opens it owns the room, and can change how long messages are
            kept, delete any message, and delete the room. This browser is already the owner; the link is for
            your other devices, and for when this browser loses its cookies. Don’t share it as an invitation:
            others join by the room’s own address.
          </p>
        </div>
        <p>
          <a class="button" href={roomPath(room)}>
            Enter the room
          </a>
        </p>
      </main>
    </Layout>
  )
}
