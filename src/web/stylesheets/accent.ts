import { Hono } from 'hono'

/** What the accent stands on as text: the paper and the bubbles of both schemes, the ones least unlike it. */
const LIGHT_BACKGROUND: Colour = [0xf3, 0xee, 0xe8]
const DARK_BACKGROUND: Colour = [0x2c, 0x27, 0x24]

const WHITE: Colour = [255, 255, 255]
const BLACK: Colour = [0, 0, 0]

/** WCAG 2.2, 1.4.3. */
const CONTRAST_MIN = 4.5

const MIX_STEPS = 20

type Colour = readonly [red: number, green: number, blue: number]

/**
 * A style sheet for the colour that another site's page wishes for. One's own bubbles have exactly that; as text it is
 * as much darker or lighter as it must be to be read. The address says all that is in it.
 */
export function accentRoutes(): Hono {
  const routes = new Hono()
  routes.get('/accent/:sheet{[0-9a-f]{6}\\.css}', (c) => {
    c.header('Content-Type', 'text/css; charset=utf-8')
    c.header('Cache-Control', 'public, max-age=31536000, immutable')
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    return c.body(accentSheet(c.req.param('sheet').slice(0, 6)))
  })
  return routes
}

/** @param accent six hexadecimal digits */
export function accentSheet(accent: string): string {
  const own = parseHexColour(accent)
  const onLight = makeReadable(own, LIGHT_BACKGROUND, BLACK)
  const onDark = makeReadable(own, DARK_BACKGROUND, WHITE)
  const rules = [
    `--accent:light-dark(${formatHexColour(onLight)},${formatHexColour(onDark)})`,
    `--on-accent:light-dark(${formatHexColour(textColourOn(onLight))},${formatHexColour(textColourOn(onDark))})`,
    `--own-background:${formatHexColour(own)}`,
    `--own-text:${formatHexColour(textColourOn(own))}`,
  ]
  // Who wishes for more contrast has it.
  return `@media not (prefers-contrast:more){:root{${rules.join(';')}}}`
}

/** The colour, mixed with as little of the other as makes it readable there. */
function makeReadable(colour: Colour, paper: Colour, towards: Colour): Colour {
  for (let step = 0; step < MIX_STEPS; step++) {
    const mixed = mix(colour, towards, step / MIX_STEPS)
    if (contrast(mixed, paper) >= CONTRAST_MIN) return mixed
  }
  return towards
}

/** Black or white: one of them can be read on any colour. */
function textColourOn(colour: Colour): Colour {
  return contrast(colour, WHITE) >= contrast(colour, BLACK) ? WHITE : BLACK
}

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function mix(one: Colour, other: Colour, share: number): Colour {
  const part = (index: 0 | 1 | 2) => Math.round(one[index] * (1 - share) + other[index] * share)
  return [part(0), part(1), part(2)]
}

function parseHexColour(hex: string): Colour {
  const value = Number.parseInt(hex, 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

function formatHexColour(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
