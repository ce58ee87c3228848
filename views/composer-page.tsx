import type { Look } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { type ComposerProps, type Plain, PlainComposer } from './composer.tsx'
import { Layout } from './layout.tsx'

interface ComposerPageProps {
  readonly asset: AssetUrl
  /** Of an embed's. */
  readonly look?: Look | undefined
}

/** A page with nothing but the composer: its frame, for browsers without JavaScript. */
export function ComposerPage({ asset, look, ...composer }: ComposerProps & Plain & ComposerPageProps) {
  return (
    <Layout title={`Write in ${composer.room}`} asset={asset} page="framed" look={look}>
      <main>
        <PlainComposer {...composer} presence={look?.presence ?? true} />
      </main>
    </Layout>
  )
}
