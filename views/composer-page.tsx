import { type ComposerProps, FramedComposer } from './composer.tsx'
import { type AssetUrl, Layout } from './layout.tsx'

/** The composer's frame, for browsers without JavaScript. */
export function ComposerPage({ asset, ...composer }: ComposerProps & { asset: AssetUrl; lines: number }) {
  return (
    <Layout title={`Write in ${composer.room}`} asset={asset} page="framed">
      <FramedComposer {...composer} />
    </Layout>
  )
}
