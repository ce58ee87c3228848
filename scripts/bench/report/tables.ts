import { FLOOR } from '../contenders.ts'
import type { Point } from '../growth.ts'
import type { Findings } from './findings.ts'
import { formatTable } from './table.ts'

/** All servers at one size. */
export function peersTable({ growth, sizes, idleKib }: Findings): string {
  const readers = sizes.readersOfRooms
  const saturated = growth.readersSaturated.filter(({ size }) => size === readers)
  const floor = saturated.find(({ contender }) => contender === FLOOR)?.cpu ?? Number.NaN
  const rows = saturated.map(({ contender, cpu, perSecond }) => {
    const trickle = growth.readersTrickle.find(
      (point) => point.contender === contender && point.size === readers,
    )
    return [
      formatContender(contender),
      cpu,
      cpu / floor,
      perSecond,
      trickle?.cpu ?? Number.NaN,
      idleKib[contender] ?? Number.NaN,
    ]
  })
  const readersMax = Math.max(...sizes.readers)
  return `## Compared with other servers

${formatSize(readers)} readers of one room, one measurement each.

${formatTable(
  [
    '',
    'CPU µs per delivery, saturated',
    '× the C floor',
    'deliveries/s',
    'CPU µs per delivery, 5 messages/s',
    `KiB per idle reader (${formatSize(readersMax)})`,
  ],
  rows,
)}`
}

/** The sections about growth by readers, rooms and processes. */
export function growthSections({ growth, sizes }: Findings): string[] {
  const { readersSaturated, readersTrickle, roomsSaturated, roomsSteady } = growth
  const { processesSaturated, processesSteady } = growth
  return [
    `## Growth by readers

All in one room. Each point is one measurement.

![CPU per delivery by readers, saturated](performance/cpu-by-readers.svg)

![CPU per delivery by readers, at five messages per second](performance/cpu-by-readers-trickle.svg)

![Latency by readers](performance/latency-by-readers.svg)

![Memory by readers](performance/memory-by-readers.svg)

${formatTable(
  [
    'Snug, readers',
    'CPU µs, saturated',
    'deliveries/s',
    'CPU µs, 5/s',
    'p50 ms, 5/s',
    'p99 ms, 5/s',
    'RSS MB',
  ],
  pairBySize(readersSaturated, readersTrickle).map(([saturated, trickle]) => [
    formatSize(saturated.size),
    saturated.cpu,
    saturated.perSecond,
    trickle.cpu,
    trickle.p50,
    trickle.p99,
    saturated.residentMb,
  ]),
)}`,
    `## Growth by rooms

${formatSize(sizes.readersOfRooms)} readers, divided evenly. Messages go to each room in turn. The fewer readers a room has, the larger is the share of the post itself in the figure: with one reader per room, it is all but one \`send\`.

![CPU per delivery by rooms](performance/cpu-by-rooms.svg)

![Latency by rooms](performance/latency-by-rooms.svg)

${formatTable(
  ['rooms', 'CPU µs, saturated', 'deliveries/s', 'p50 ms, 200/s', 'p99 ms, 200/s', 'RSS MB'],
  pairBySize(roomsSaturated, roomsSteady).map(([saturated, steady]) => [
    formatSize(saturated.size),
    saturated.cpu,
    saturated.perSecond,
    steady.p50,
    steady.p99,
    saturated.residentMb,
  ]),
)}`,
    `## Growth by processes

${formatSize(sizes.readersOfRooms)} readers of one room, divided among the processes. All processes share one core, so this compares their total CPU time, not the gain from more cores. Messages are posted to the first process. Redis has all cores and is not counted.

${formatTable(
  ['', 'CPU µs, saturated', 'deliveries/s', 'CPU µs, 200/s', 'p50 ms, 200/s', 'p99 ms, 200/s', 'RSS MB'],
  pairBySize(processesSaturated, processesSteady).map(([saturated, steady]) => [
    saturated.size === 0 ? 'one, without Redis' : `${saturated.size} on Redis`,
    saturated.cpu,
    saturated.perSecond,
    steady.cpu,
    steady.p50,
    steady.p99,
    saturated.residentMb,
  ]),
)}`,
  ]
}

/** Pairs the points of Snug in two series by size. */
function pairBySize(points: readonly Point[], others: readonly Point[]): (readonly [Point, Point])[] {
  return points.flatMap((point) => {
    const other = others.find(({ contender, size }) => contender === point.contender && size === point.size)
    return point.contender === 'snug' && other ? [[point, other] as const] : []
  })
}

function formatContender(name: string): string {
  return name === 'snug' ? '**Snug**' : name
}

function formatSize(number: number): string {
  return number.toLocaleString('en')
}
