import type { Appearance } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'
import { PeopleItems, type PeopleProps } from './people.tsx'
import { type RoomUrl, roomUrl } from './room-path.ts'

interface PeoplePageProps extends PeopleProps {
  readonly asset: AssetUrl
  readonly room: string
  /** The URLs that it links to; by default those of the room. */
  readonly url?: RoomUrl | undefined
  /** Set in an embed. */
  readonly appearance?: Appearance | undefined
}

/** The people here now, in the composer's frame of a page without scripts: the log stays where it is. */
export function PeoplePage({ asset, room, url = roomUrl(room), appearance, ...list }: PeoplePageProps) {
  return (
    <Layout title={`Who is in ${room}`} asset={asset} bodyClass="frame-page" appearance={appearance}>
      <main class="people-page">
        <h2>Here now: {list.count}</h2>
        <ul>
          <PeopleItems {...list} />
        </ul>
        <p>
          <a class="composer-link" href={url('/composer?people')}>
            Look again
          </a>{' '}
          <a class="composer-link" href={`${url('/composer')}#text`}>
            Back to writing
          </a>
        </p>
      </main>
    </Layout>
  )
}
