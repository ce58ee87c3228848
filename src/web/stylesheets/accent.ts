import { Hono } from 'hono'

/** The backgrounds of text in the accent colour: in each scheme the page or the bubble, whichever has less contrast. */
const LIGHT_BACKGROUND: Colour = [0xf3, 0xee, 0xe8]
const DARK_BACKGROUND: Colour = [0x2c, 0x27, 0x24]

const WHITE: Colour = [255, 255, 255]
const BLACK: Colour = [0, 0, 0]

/** WCAG 2.2, 1.4.3. */
const CONTRAST_MIN = 4.5

const MIX_STEPS = 20

type Colour = readonly [red: number, green: number, blue: number]

/**
 * The style sheet for the accent colour that a host page chooses. The reader's own bubbles have exactly this colour.
 * As the colour of text it is darkened or lightened until it is readable. The address determines the content.
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
  const colour = parseHexColour(accent)
  const onLight = makeReadable(colour, LIGHT_BACKGROUND, BLACK)
  const onDark = makeReadable(colour, DARK_BACKGROUND, WHITE)
  const rules = [
    `--accent:light-dark(${formatHexColour(onLight)},${formatHexColour(onDark)})`,
    `--on-accent:light-dark(${formatHexColour(textColourOn(onLight))},${formatHexColour(textColourOn(onDark))})`,
    `--own-background:${formatHexColour(colour)}`,
    `--own-text:${formatHexColour(textColourOn(colour))}`,
  ]
  // Readers who prefer more contrast keep the default colours.
  return `@media not (prefers-contrast:more){:root{${rules.join(';')}}}`
}

/** Mixes the colour with as little of `towards` as makes it readable on the background. */
function makeReadable(colour: Colour, background: Colour, towards: Colour): Colour {
  for (let step = 0; step < MIX_STEPS; step++) {
    const mixed = mix(colour, towards, step / MIX_STEPS)
    if (contrast(mixed, background) >= CONTRAST_MIN) return mixed
  }
  return towards
}

/** Black or white, whichever has more contrast. On any colour one of them is readable. */
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
