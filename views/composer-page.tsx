import { type ComposerProps, type Plain, PlainComposer } from './composer.tsx'
import { type AssetUrl, Layout } from './layout.tsx'

/** A page with nothing but the composer: its frame, for browsers without JavaScript. */
export function ComposerPage({ asset, ...composer }: ComposerProps & Plain & { asset: AssetUrl }) {
  return (
    <Layout title={`Write in ${composer.room}`} asset={asset} page="framed">
      <main>
        <PlainComposer {...composer} />
      </main>
    </Layout>
  )
}
