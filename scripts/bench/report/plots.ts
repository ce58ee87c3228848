import type { Point } from '../growth.ts'
import type { Findings } from './findings.ts'
import { drawPlot, type Line } from './plot.ts'
import { linear, logarithmic } from './scale.ts'

const SNUG = 'snug'

/** The plots of the report, by the names of their files. */
export function drawPlots({ growth }: Pick<Findings, 'growth'>): Readonly<Record<string, string>> {
  const { readersSaturated, readersTrickle, roomsSaturated, roomsSteady } = growth
  const readers = { label: 'readers of one room', scale: logarithmic(sizesOf(readersSaturated)) }
  const rooms = { label: 'rooms', scale: logarithmic(sizesOf(roomsSaturated)) }
  const cpu = byWho(readersSaturated, ({ cpu }) => cpu)
  const slow = byWho(readersTrickle, ({ cpu }) => cpu)
  const latency = [
    ...byWho(readersTrickle, ({ p99 }) => p99).map((line) => ({ ...line, label: `${line.label}, p99` })),
    ...byWho(only(readersTrickle), ({ p50 }) => p50).map((line) => ({
      ...line,
      label: `${line.label}, p50`,
      dashed: true,
    })),
  ]
  const memory = byWho(readersSaturated, ({ residentMb }) => residentMb)
  const roomsCpu = byWho(roomsSaturated, ({ cpu }) => cpu)
  const roomsLatency = [
    ...byWho(roomsSteady, ({ p99 }) => p99).map((line) => ({ ...line, label: 'p99' })),
    ...byWho(roomsSteady, ({ p50 }) => p50).map((line) => ({ ...line, label: 'p50', dashed: true })),
  ]
  return {
    'cpu-by-readers': drawPlot({
      title: 'CPU per delivery, saturated',
      x: readers,
      y: { label: 'microseconds', scale: logarithmic(valuesOf(cpu)) },
      lines: cpu,
    }),
    'cpu-by-readers-trickle': drawPlot({
      title: 'CPU per delivery at five messages a second',
      x: readers,
      y: { label: 'microseconds', scale: logarithmic(valuesOf(slow)) },
      lines: slow,
    }),
    'latency-by-readers': drawPlot({
      title: 'From post to reader at five messages a second',
      x: readers,
      y: { label: 'milliseconds', scale: logarithmic(valuesOf(latency)) },
      lines: latency,
    }),
    'memory-by-readers': drawPlot({
      title: 'Resident memory, saturated',
      x: readers,
      y: { label: 'MB', scale: linear(valuesOf(memory)) },
      lines: memory,
    }),
    'cpu-by-rooms': drawPlot({
      title: 'CPU per delivery, the same readers in more rooms',
      x: rooms,
      y: { label: 'microseconds, the posts among them', scale: logarithmic(valuesOf(roomsCpu)) },
      lines: roomsCpu,
    }),
    'latency-by-rooms': drawPlot({
      title: 'From post to reader at 200 messages a second',
      x: rooms,
      y: { label: 'milliseconds', scale: logarithmic(valuesOf(roomsLatency)) },
      lines: roomsLatency,
    }),
  }
}

// Who was measured at one size only stands in the table.
function byWho(points: readonly Point[], value: (point: Point) => number): Line[] {
  return [...new Set(points.map(({ who }) => who))]
    .map(
      (who): Line => ({
        label: who === SNUG ? 'Snug' : who,
        tone: who === SNUG ? 'snug' : 'other',
        points: points.filter((point) => point.who === who).map((point) => [point.size, value(point)]),
      }),
    )
    .filter(({ points }) => points.length > 1)
}

function only(points: readonly Point[]): Point[] {
  return points.filter(({ who }) => who === SNUG)
}

function sizesOf(points: readonly Point[]): number[] {
  return points.map(({ size }) => size)
}

function valuesOf(lines: readonly Line[]): number[] {
  return lines.flatMap(({ points }) => points.map(([, value]) => value))
}
