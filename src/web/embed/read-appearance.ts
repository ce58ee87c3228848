import { type Appearance, DENSITIES, THEMES } from '../../../views/appearance.tsx'

/** What switches a parameter on that needs no value. */
const ON_VALUES = ['', 'on', 'true', 'yes', '1', 'readonly']

/** How an embed is to look; what is none of a parameter's values is as if it were not there. */
export function readAppearance(query: URLSearchParams): Appearance {
  const one = <Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value =>
    values.find((value) => value === query.get(name)) ?? values[0]
  const accent = /^#?([\da-f]{6})$/i.exec(query.get('accent') ?? '')?.[1]
  return {
    theme: one('theme', THEMES),
    accent: accent?.toLowerCase(),
    density: one('density', DENSITIES),
    readOnly: ON_VALUES.includes(query.get('readonly') ?? 'off'),
    presence: query.get('presence') !== 'off',
    host: parseHostOrigin(query.get('host')),
  }
}

/** An origin that a message can be posted to, and nothing else. */
function parseHostOrigin(text: string | null): string | undefined {
  const url = text === null ? null : URL.parse(text)
  return url && /^https?:$/.test(url.protocol) && url.origin === text ? text : undefined
}
