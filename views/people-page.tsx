import { raw } from 'hono/html'
import { type AssetUrl, Layout } from './layout.tsx'
import { type PeopleProps, peopleItems } from './people.tsx'
import { roomPath } from './room-path.ts'

/** Who is here just now: in the composer's frame of a page without scripts, so that the log stays where it is. */
export function PeoplePage({
  asset,
  room,
  ...list
}: PeopleProps & { readonly asset: AssetUrl; readonly room: string }) {
  const path = `${roomPath(room)}/composer`
  return (
    <Layout title={`Who is in ${room}`} asset={asset} page="framed">
      <main class="present">
        <h2>Here now: {list.count}</h2>
        <ul>{raw(peopleItems(list))}</ul>
        <p>
          <a class="lines" href={`${path}?people`}>
            Look again
          </a>{' '}
          <a class="lines" href={`${path}#text`}>
            Back to writing
          </a>
        </p>
      </main>
    </Layout>
  )
}
