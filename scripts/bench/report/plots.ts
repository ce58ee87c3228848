import type { Point } from '../growth.ts'
import type { Findings } from './findings.ts'
import { drawPlot, type PlotLine } from './plot.ts'
import { linear, logarithmic } from './scale.ts'

const SNUG = 'snug'

/** The plots of the report, by file name without extension. */
export function drawPlots({ growth }: Pick<Findings, 'growth'>): Readonly<Record<string, string>> {
  const { readersSaturated, readersTrickle, roomsSaturated, roomsSteady } = growth
  const readers = { label: 'readers of one room', scale: logarithmic(sizesOf(readersSaturated)) }
  const rooms = { label: 'rooms', scale: logarithmic(sizesOf(roomsSaturated)) }
  const cpu = linesByContender(readersSaturated, ({ cpu }) => cpu)
  const trickleCpu = linesByContender(readersTrickle, ({ cpu }) => cpu)
  const latency = [
    ...linesByContender(readersTrickle, ({ p99 }) => p99).map((line) => ({
      ...line,
      label: `${line.label}, p99`,
    })),
    ...linesByContender(onlySnug(readersTrickle), ({ p50 }) => p50).map((line) => ({
      ...line,
      label: `${line.label}, p50`,
      dashed: true,
    })),
  ]
  const memory = linesByContender(readersSaturated, ({ residentMb }) => residentMb)
  const roomsCpu = linesByContender(roomsSaturated, ({ cpu }) => cpu)
  const roomsLatency = [
    ...linesByContender(roomsSteady, ({ p99 }) => p99).map((line) => ({ ...line, label: 'p99' })),
    ...linesByContender(roomsSteady, ({ p50 }) => p50).map((line) => ({
      ...line,
      label: 'p50',
      dashed: true,
    })),
  ]
  return {
    'cpu-by-readers': drawPlot({
      title: 'CPU per delivery, saturated',
      x: readers,
      y: { label: 'microseconds', scale: logarithmic(valuesOf(cpu)) },
      lines: cpu,
    }),
    'cpu-by-readers-trickle': drawPlot({
      title: 'CPU per delivery at five messages per second',
      x: readers,
      y: { label: 'microseconds', scale: logarithmic(valuesOf(trickleCpu)) },
      lines: trickleCpu,
    }),
    'latency-by-readers': drawPlot({
      title: 'From post to reader at five messages per second',
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
      title: 'CPU per delivery, the same number of readers in more rooms',
      x: rooms,
      y: { label: 'microseconds, including posts', scale: logarithmic(valuesOf(roomsCpu)) },
      lines: roomsCpu,
    }),
    'latency-by-rooms': drawPlot({
      title: 'From post to reader at 200 messages per second',
      x: rooms,
      y: { label: 'milliseconds', scale: logarithmic(valuesOf(roomsLatency)) },
      lines: roomsLatency,
    }),
  }
}

// A server that was measured at one size only is in the table, not in the plots.
function linesByContender(points: readonly Point[], value: (point: Point) => number): PlotLine[] {
  return [...new Set(points.map(({ contender }) => contender))]
    .map(
      (contender): PlotLine => ({
        label: contender === SNUG ? 'Snug' : contender,
        tone: contender === SNUG ? 'snug' : 'other',
        points: points
          .filter((point) => point.contender === contender)
          .map((point) => [point.size, value(point)]),
      }),
    )
    .filter(({ points }) => points.length > 1)
}

function onlySnug(points: readonly Point[]): Point[] {
  return points.filter(({ contender }) => contender === SNUG)
}

function sizesOf(points: readonly Point[]): number[] {
  return points.map(({ size }) => size)
}

function valuesOf(lines: readonly PlotLine[]): number[] {
  return lines.flatMap(({ points }) => points.map(([, value]) => value))
}
