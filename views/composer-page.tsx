import type { Appearance } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'
import { type ComposerProps, PlainComposer, type PlainComposerProps } from './composer.tsx'
import { Layout } from './layout.tsx'

interface ComposerPageProps {
  readonly asset: AssetUrl
  /** Set in an embed. */
  readonly appearance?: Appearance | undefined
}

/** A page that contains only the composer: the frame for browsers without JavaScript. */
export function ComposerPage({
  asset,
  appearance,
  ...composer
}: ComposerProps & PlainComposerProps & ComposerPageProps) {
  return (
    <Layout title={`Write in ${composer.room}`} asset={asset} bodyClass="frame-page" appearance={appearance}>
      <main>
        <PlainComposer {...composer} presence={appearance?.presence ?? true} />
      </main>
    </Layout>
  )
}
