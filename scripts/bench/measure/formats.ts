import { CPU_PER_DELIVERY, deliveryErrors, type Figures, fanOutFigures, type Round } from '../figures.ts'
import { type Scenario, WARM_UP_MESSAGES } from '../scenarios.ts'
import { alternateOrder, type BenchContext } from './bench-context.ts'

const FORMATS = ['live.html', 'live.json', 'live.ndjson', 'live.txt'] as const
type Format = (typeof FORMATS)[number]

const HTMX = 'htmx frames'

/** How often a frame contains the text; once in the other formats. */
const TEXT_COPIES: Readonly<Partial<Record<string, number>>> = { 'live.json': 2, 'live.ndjson': 2 }

/** Measures the same messages in each format and as htmx frames, each on a fresh server. */
export async function measureFormats(
  bench: BenchContext,
  { subscribers, messages }: Extract<Scenario, { kind: 'formats' }>,
): Promise<Round> {
  const snug: Record<string, number | undefined> = {}
  const htmx: Record<string, number | undefined> = {}
  const errors: string[] = []
  for (const stream of alternateOrder<'events' | Format>(bench, ['events', ...FORMATS])) {
    const server = await bench.environment.startSnug(subscribers)
    const result = await bench.environment.runLoad<'fan-out'>(server, {
      kind: 'fan-out',
      subscribers,
      stream,
      copies: TEXT_COPIES[stream] ?? 1,
      warmUp: WARM_UP_MESSAGES,
      messages,
      pace: { kind: 'in-flight', count: 8 },
    })
    await server.child.stop()
    errors.push(...deliveryErrors(stream === 'events' ? 'snug' : `snug, ${stream}`, result))
    const figures = fanOutFigures(result)
    if (stream !== 'events') Object.assign(snug, renameRows(stream, figures))
    else for (const format of FORMATS) Object.assign(htmx, renameRows(format, figures))
  }
  return { snug, baselines: { [HTMX]: htmx }, errors }
}

/** The name of the row for a format. */
export function cpuRowName(format: Format): string {
  return `CPU per delivery, ${format}, µs`
}

function renameRows(format: Format, figures: Figures): Figures {
  return {
    [cpuRowName(format)]: figures[CPU_PER_DELIVERY],
    [`bytes per delivery, ${format}`]: figures['bytes per delivery'],
  }
}
