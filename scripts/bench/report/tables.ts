import { FLOOR } from '../contenders.ts'
import type { Point } from '../growth.ts'
import type { Findings } from './findings.ts'
import { formatTable } from './table.ts'

/** Everybody at one size. */
export function peersTable({ growth, sizes, idleKib }: Findings): string {
  const at = sizes.readersOfRooms
  const saturated = growth.readersSaturated.filter(({ size }) => size === at)
  const floor = saturated.find(({ contender }) => contender === FLOOR)?.cpu ?? Number.NaN
  const rows = saturated.map(({ contender, cpu, perSecond }) => {
    const trickle = growth.readersTrickle.find((point) => point.contender === contender && point.size === at)
    return [
      formatContender(contender),
      cpu,
      cpu / floor,
      perSecond,
      trickle?.cpu ?? Number.NaN,
      idleKib[contender] ?? Number.NaN,
    ]
  })
  const most = Math.max(...sizes.readers)
  return `## Beside others

${formatSize(at)} readers of one room, one measurement each.

${formatTable(
  [
    '',
    'CPU µs per delivery, saturated',
    '× the C floor',
    'deliveries/s',
    'CPU µs per delivery, 5 messages/s',
    `KiB per idle reader (${formatSize(most)})`,
  ],
  rows,
)}`
}

/** By readers, by rooms, by processes. */
export function growthSections({ growth, sizes }: Findings): string[] {
  const { readersSaturated, readersTrickle, roomsSaturated, roomsSteady } = growth
  const { processesSaturated, processesSteady } = growth
  return [
    `## How it grows: readers

All in one room. Each point is one measurement.

![CPU per delivery by readers, saturated](performance/cpu-by-readers.svg)

![CPU per delivery by readers, at five messages a second](performance/cpu-by-readers-trickle.svg)

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
  pairBySize(readersSaturated, readersTrickle).map(([busy, slow]) => [
    formatSize(busy.size),
    busy.cpu,
    busy.perSecond,
    slow.cpu,
    slow.p50,
    slow.p99,
    busy.residentMb,
  ]),
)}`,
    `## How it grows: rooms

${formatSize(sizes.readersOfRooms)} readers, divided evenly; messages go to one room after the other. The fewer readers a room has, the more of the figure is the cost of the post itself: with one reader in each, all of it but one \`send\`.

![CPU per delivery by rooms](performance/cpu-by-rooms.svg)

![Latency by rooms](performance/latency-by-rooms.svg)

${formatTable(
  ['rooms', 'CPU µs, saturated', 'deliveries/s', 'p50 ms, 200/s', 'p99 ms, 200/s', 'RSS MB'],
  pairBySize(roomsSaturated, roomsSteady).map(([busy, steady]) => [
    formatSize(busy.size),
    busy.cpu,
    busy.perSecond,
    steady.p50,
    steady.p99,
    busy.residentMb,
  ]),
)}`,
    `## How it grows: processes

${formatSize(sizes.readersOfRooms)} readers of one room, divided among the processes, which all share one core here: this compares what they use together, not what more cores bring. Messages are posted to the first. Redis has all cores and is not counted.

${formatTable(
  ['', 'CPU µs, saturated', 'deliveries/s', 'CPU µs, 200/s', 'p50 ms, 200/s', 'p99 ms, 200/s', 'RSS MB'],
  pairBySize(processesSaturated, processesSteady).map(([busy, steady]) => [
    busy.size === 0 ? 'one, without Redis' : `${busy.size} on Redis`,
    busy.cpu,
    busy.perSecond,
    steady.cpu,
    steady.p50,
    steady.p99,
    busy.residentMb,
  ]),
)}`,
  ]
}

/** Snug's, size by size. */
function pairBySize(ones: readonly Point[], others: readonly Point[]): (readonly [Point, Point])[] {
  return ones.flatMap((one) => {
    const other = others.find(({ contender, size }) => contender === one.contender && size === one.size)
    return one.contender === 'snug' && other ? [[one, other] as const] : []
  })
}

function formatContender(who: string): string {
  return who === 'snug' ? '**Snug**' : who
}

function formatSize(number: number): string {
  return number.toLocaleString('en')
}
