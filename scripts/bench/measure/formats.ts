import { CPU_PER_DELIVERY, type Figures, fanOutFigures, faultsOf, type Round } from '../figures.ts'
import { type Scenario, WARM_UP } from '../scenarios.ts'
import { type Bench, inTurn } from './bench.ts'

const FORMATS = ['live.html', 'live.json', 'live.ndjson', 'live.txt'] as const
type Format = (typeof FORMATS)[number]

const HTMX = 'htmx frames'

/** The others have the text once. */
const COPIES: Readonly<Partial<Record<string, number>>> = { 'live.json': 2, 'live.ndjson': 2 }

/** The same messages in each format, beside htmx frames; each with a server of its own. */
export async function measureFormats(
  bench: Bench,
  { subscribers, messages }: Extract<Scenario, { kind: 'formats' }>,
): Promise<Round> {
  const snug: Record<string, number | undefined> = {}
  const htmx: Record<string, number | undefined> = {}
  const faults: string[] = []
  for (const stream of inTurn<'events' | Format>(bench, ['events', ...FORMATS])) {
    const server = await bench.arena.snug(subscribers)
    const outcome = await bench.arena.load<'fan-out'>(server, {
      kind: 'fan-out',
      subscribers,
      stream,
      copies: COPIES[stream] ?? 1,
      warmUp: WARM_UP,
      messages,
      pace: { kind: 'in-flight', count: 8 },
    })
    await server.child.stop()
    faults.push(...faultsOf(stream === 'events' ? 'snug' : `snug, ${stream}`, outcome))
    const figures = fanOutFigures(outcome)
    if (stream !== 'events') Object.assign(snug, named(stream, figures))
    else for (const format of FORMATS) Object.assign(htmx, named(format, figures))
  }
  return { snug, beside: { [HTMX]: htmx }, faults }
}

/** The names of the rows, by format. */
export function cpuOf(format: Format): string {
  return `CPU per delivery, ${format}, µs`
}

function named(format: Format, figures: Figures): Figures {
  return {
    [cpuOf(format)]: figures[CPU_PER_DELIVERY],
    [`bytes per delivery, ${format}`]: figures['bytes per delivery'],
  }
}
