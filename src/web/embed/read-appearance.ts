import { type Appearance, DENSITIES, THEMES } from '../../../views/appearance.tsx'
import { parseUrl } from '../../chat/bounded-text.ts'

/** The values that switch on a parameter that needs no value, such as `?readonly`. */
const ON_VALUES = ['', 'on', 'true', 'yes', '1', 'readonly']

/** Reads the appearance of an embed from its query. A parameter with an unknown value counts as absent. */
export function readAppearance(query: URLSearchParams): Appearance {
  const oneOf = <Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value =>
    values.find((value) => value === query.get(name)) ?? values[0]
  const accent = /^#?([\da-f]{6})$/i.exec(query.get('accent') ?? '')?.[1]
  return {
    theme: oneOf('theme', THEMES),
    accent: accent?.toLowerCase(),
    density: oneOf('density', DENSITIES),
    readOnly: ON_VALUES.includes(query.get('readonly') ?? 'off'),
    presence: query.get('presence') !== 'off',
    host: parseHostOrigin(query.get('host')),
  }
}

/** The text, if it is an http(s) origin and nothing more: a target for `postMessage`. */
function parseHostOrigin(text: string | null): string | undefined {
  const url = text === null ? null : parseUrl(text)
  return url && /^https?:$/.test(url.protocol) && url.origin === text ? text : undefined
}
