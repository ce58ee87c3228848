import { type Back, type ComposerProps, PlainComposer } from './composer.tsx'
import { type AssetUrl, Layout } from './layout.tsx'
import type { Look } from './look.tsx'

interface ComposerPageProps {
  readonly asset: AssetUrl
  readonly back: Back
  /** Of an embed's. */
  readonly look?: Look | undefined
}

/** A page with nothing but the composer: its frame, for browsers without JavaScript. */
export function ComposerPage({ asset, look, ...composer }: ComposerProps & ComposerPageProps) {
  return (
    <Layout title={`Write in ${composer.room}`} asset={asset} page="framed" look={look}>
      <main>
        <PlainComposer {...composer} />
      </main>
    </Layout>
  )
}
