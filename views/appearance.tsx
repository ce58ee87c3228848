import type { AssetUrl } from './asset-url.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export const DENSITIES = ['cozy', 'compact'] as const

/** How a room looks in another site's page. The first theme and the first density are the defaults. */
export interface Appearance {
  readonly theme: (typeof THEMES)[number]
  /** Six hexadecimal digits. */
  readonly accent: string | undefined
  readonly density: (typeof DENSITIES)[number]
  readonly readOnly: boolean
  /** Whether it shows who is here. */
  readonly presence: boolean
  /** The origin of the host page, as that page states it. */
  readonly host: string | undefined
}

/** The query parameters of an appearance, without those that have their default value. */
export function appearanceQuery({
  theme,
  accent,
  density,
  readOnly,
  presence,
  host,
}: Appearance): Record<string, string> {
  return {
    ...(theme !== THEMES[0] && { theme }),
    ...(accent !== undefined && { accent }),
    ...(density !== DENSITIES[0] && { density }),
    ...(readOnly && { readonly: '' }),
    ...(!presence && { presence: 'off' }),
    ...(host !== undefined && { host }),
  }
}

/** The attributes of the root element that the style sheet selects by. */
export function appearanceData({ theme, density, presence }: Appearance): Record<string, string> {
  return { 'data-theme': theme, 'data-density': density, 'data-presence': presence ? 'on' : 'off' }
}

/** The style sheets of an appearance. They follow those of the room. */
export function AppearanceStylesheets({ asset, appearance }: { asset: AssetUrl; appearance: Appearance }) {
  return (
    <>
      <link rel="stylesheet" href={asset('embed.css')} />
      {appearance.accent && <link rel="stylesheet" href={`/accent/${appearance.accent}.css`} />}
    </>
  )
}
