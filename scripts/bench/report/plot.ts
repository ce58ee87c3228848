import type { Scale } from './scale.ts'

export interface PlotLine {
  readonly label: string
  /** Snug's lines stand out. */
  readonly tone: 'snug' | 'other'
  /** For a second line of the same server. */
  readonly dashed?: boolean
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Plot {
  readonly title: string
  readonly x: { readonly label: string; readonly scale: Scale }
  readonly y: { readonly label: string; readonly scale: Scale }
  readonly lines: readonly PlotLine[]
}

const WIDTH = 720
const HEIGHT = 400
const LEFT = 64
const RIGHT = 150
const TOP = 64
const BOTTOM = 56
const PLOT_WIDTH = WIDTH - LEFT - RIGHT
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM

/** The minimum distance between labels at the ends of lines. */
const LABEL_GAP = 16

/** Colours for a light and a dark card. The labels identify the lines without colours. */
const TONES = [
  ['#546a87', '#9db4d3'],
  ['#92621f', '#d9ab6c'],
  ['#3f7a4d', '#8cc79a'],
  ['#824d89', '#cf9fd5'],
  ['#70701f', '#c6c673'],
  ['#2f767d', '#7fc4ca'],
  ['#8f4a4a', '#dd9b9b'],
] as const

const toneStyles = (dark: 0 | 1) =>
  TONES.map((tone, index) => `.tone-${index} { --tone: ${tone[dark]} }`).join(' ')

const STYLE = `
    text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #44403c }
    .title { font-size: 15px; font-weight: 600; fill: #1c1917 }
    .card { fill: #fffdfa; stroke: #e7e2da }
    .grid { stroke: #e7e2da }
    .axis { stroke: #a8a29e }
    path { fill: none; stroke-width: 1.75; stroke-linejoin: round }
    .snug path { stroke: #c2410c; stroke-width: 3 }
    .snug circle { fill: #c2410c }
    .snug text { fill: #c2410c; font-weight: 600 }
    .other path { stroke: var(--tone) }
    .other circle, .other text { fill: var(--tone) }
    ${toneStyles(0)}
    .dashed path { stroke-dasharray: 5 4 }
    @media (prefers-color-scheme: dark) {
      text { fill: #c9c3bb }
      .title { fill: #f5f0e8 }
      .card { fill: #1c1917; stroke: #3b3733 }
      .grid { stroke: #36322e }
      .axis { stroke: #78716c }
      .snug path { stroke: #fb923c }
      .snug circle, .snug text { fill: #fb923c }
      ${toneStyles(1)}
    }`

/** Draws a line plot as SVG, with a label at the end of each line. */
export function drawPlot({ title, x, y, lines }: Plot): string {
  const across = (value: number) => roundToTenth(LEFT + x.scale.positionOf(value) * PLOT_WIDTH)
  const up = (value: number) => roundToTenth(TOP + (1 - y.scale.positionOf(value)) * PLOT_HEIGHT)
  const drawn = lines
    .map((line) => ({ ...line, points: line.points.filter(([, value]) => Number.isFinite(value)) }))
    .filter(({ points }) => points.length > 0)
  const ends = separateLabels(drawn.map(({ points }) => up(points.at(-1)?.[1] ?? 0)))
  const [bottom, right] = [TOP + PLOT_HEIGHT, LEFT + PLOT_WIDTH]
  let others = 0
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeXml(title)}">
  <style>${STYLE}
  </style>
  <rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8"/>
  <text class="title" x="20" y="28">${escapeXml(title)}</text>
  <text x="20" y="48">${escapeXml(y.label)}</text>
${y.scale.ticks.map((tick) => `  <line class="grid" x1="${LEFT}" x2="${right}" y1="${up(tick)}" y2="${up(tick)}"/><text x="${LEFT - 8}" y="${up(tick) + 4.5}" text-anchor="end">${formatTick(tick)}</text>`).join('\n')}
  <line class="axis" x1="${LEFT}" x2="${right}" y1="${bottom}" y2="${bottom}"/>
${x.scale.ticks.map((tick) => `  <line class="axis" x1="${across(tick)}" x2="${across(tick)}" y1="${bottom}" y2="${bottom + 5}"/><text x="${across(tick)}" y="${bottom + 20}" text-anchor="middle">${formatTick(tick)}</text>`).join('\n')}
  <text x="${LEFT + PLOT_WIDTH / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escapeXml(x.label)}</text>
${drawn
  .map(({ label, tone, dashed, points }, index) => {
    const names = [
      tone,
      ...(tone === 'other' ? [`tone-${others++ % TONES.length}`] : []),
      ...(dashed ? ['dashed'] : []),
    ]
    const positions = points.map(([at, value]) => [across(at), up(value)] as const)
    const dots = positions.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3"/>`).join('')
    return `  <g class="${names.join(' ')}"><path d="M${positions.map((position) => position.join(' ')).join(' L')}"/>${dots}<text x="${right + 10}" y="${roundToTenth((ends[index] ?? 0) + 4.5)}">${escapeXml(label)}</text></g>`
  })
  .join('\n')}
</svg>
`
}

/** Moves labels apart, as little as possible, and keeps them on the card. */
export function separateLabels(positions: readonly number[]): number[] {
  const order = positions
    .map((_position, index) => index)
    .sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0))
  const moved = [...positions]
  let above = Number.NEGATIVE_INFINITY
  for (const index of order) {
    above = Math.max(positions[index] ?? 0, above + LABEL_GAP)
    moved[index] = above
  }
  // Labels that were pushed over the bottom move back up.
  let below = TOP + PLOT_HEIGHT + LABEL_GAP / 2
  for (const index of order.toReversed()) {
    moved[index] = Math.min(moved[index] ?? 0, below)
    below = (moved[index] ?? 0) - LABEL_GAP
  }
  return moved
}

function formatTick(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 3 })
}

function roundToTenth(value: number): number {
  return Math.round(value * 10) / 10
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
