import type { AssetUrl } from './asset-url.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export const DENSITIES = ['cozy', 'compact'] as const

/** How a room looks in another site's page; the first of each is what it is like where nobody says. */
export interface Appearance {
  readonly theme: (typeof THEMES)[number]
  /** Six hexadecimal digits. */
  readonly accent: string | undefined
  readonly density: (typeof DENSITIES)[number]
  readonly readOnly: boolean
  /** Whether it says who is here. */
  readonly presence: boolean
  /** The origin of the page around it, as that page says. */
  readonly host: string | undefined
}

/** The parameters of a look, without those that say what is so anyway. */
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

/** The attributes of the page's root by which the style sheet tells looks apart. */
export function appearanceData({ theme, density, presence }: Appearance): Record<string, string> {
  return { 'data-theme': theme, 'data-density': density, 'data-presence': presence ? 'on' : 'off' }
}

/** The style sheets of a look, after those of the room. */
export function AppearanceStylesheets({ asset, appearance }: { asset: AssetUrl; appearance: Appearance }) {
  return (
    <>
      <link rel="stylesheet" href={asset('embed.css')} />
      {appearance.accent && <link rel="stylesheet" href={`/accent/${appearance.accent}.css`} />}
    </>
  )
}
