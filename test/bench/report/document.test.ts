import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Report } from '../../../scripts/bench/benchmark.ts'
import { columnsOf, type Round, rowsOf } from '../../../scripts/bench/figures.ts'
import type { Growth, Point } from '../../../scripts/bench/growth.ts'
import { checkPromises } from '../../../scripts/bench/promises.ts'
import { writeReport } from '../../../scripts/bench/report/document.ts'
import type { Findings } from '../../../scripts/bench/report/findings.ts'

const CPU = 'server CPU per delivery, µs'

const rounds: Round[] = [
  {
    snug: { [CPU]: 3.3, 'RSS, MB': undefined },
    baselines: { 'C floor': { [CPU]: 2 }, 'plain loop': { [CPU]: 11 } },
    errors: ['snug: 3 duplicates'],
  },
]

function report(): Report {
  const rows = rowsOf(rounds)
  return {
    machine: {
      cpu: 'A | processor',
      cores: 2,
      memoryGiB: 4,
      system: 'Linux 6',
      node: 'v26',
      pinning: 'not pinned',
      loadAverage: 0.1,
      date: '2026-11-24',
    },
    unavailable: [],
    scenarios: [
      {
        name: 'saturated',
        description: 'readers of one room',
        runs: 1,
        columns: columnsOf(rounds),
        rows,
        promises: checkPromises('saturated', rows),
        rounds,
        errors: rounds.flatMap(({ errors = [] }) => errors),
      },
    ],
  }
}

function growth(): Growth {
  const points = (sizes: number[], ...names: string[]): Point[] =>
    names.flatMap((contender) =>
      sizes.map((size) => ({
        contender,
        size,
        cpu: 2 + size / 100,
        perSecond: 1000 * size,
        p50: 1.5,
        p99: 4.25,
        residentMb: contender === 'C floor' ? Number.NaN : 80,
        loadBusy: 12,
      })),
    )
  return {
    readersSaturated: points([10, 100], 'snug', 'C floor', 'Hono <streams>'),
    readersTrickle: points([10, 100], 'snug', 'C floor'),
    roomsSaturated: points([1, 10], 'snug'),
    roomsSteady: points([1, 10], 'snug'),
    processesSaturated: points([0, 1, 2], 'snug'),
    processesSteady: points([0, 1, 2], 'snug'),
    errors: ['C floor at 10: 1 deliveries missing'],
  }
}

test('the report has figures, promises and errors, and its plots are well-formed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'snug-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const findings: Findings = {
    report: report(),
    growth: growth(),
    sizes: {
      readers: [10, 100],
      rooms: [1, 10],
      processes: [0, 1, 2],
      readersOfRooms: 100,
      deliveries: 1000,
      trickleMessages: 3,
      steadyMessages: 3,
    },
    frameBytes: 360,
    versions: { 'Hono <streams>': '4.0.0' },
    idleKib: { snug: 5.5 },
    unavailable: ['nchan was not measured: nginx with the nchan module is not installed.'],
    minutes: 1,
  }
  await writeReport(folder, findings)
  const text = readFileSync(join(folder, 'performance.md'), 'utf8')
  for (const line of [
    '| saturated: server CPU per delivery, µs | ≤ 1.5 × C floor | 1.65 | **no** |',
    '| server CPU per delivery, µs | 3.30 | 2.00 | 11.0 | 1.65 |',
    '| **Snug** | 3.00 | 1.00 | 100,000 | 3.00 | 5.50 |',
    '| Hono <streams> | 3.00 | 1.00 | 100,000 | – | – |',
    '| one, without Redis | 2.00 | 0.00 | 2.00 | 1.50 | 4.25 | 80.0 |',
    '- snug: 3 duplicates',
    '- C floor at 10: 1 deliveries missing',
    'nchan was not measured: nginx with the nchan module is not installed.',
  ])
    assert.ok(text.includes(line), line)
  const plots = [...text.matchAll(/\((performance\/[\w-]+\.svg)\)/g)].map(([, path = '']) => path)
  assert.equal(plots.length, 6)
  for (const plot of plots) {
    const svg = readFileSync(join(folder, plot), 'utf8')
    assert.match(svg, /^<svg .+<\/svg>\n$/s)
    assert.match(svg, />Snug(, p99)?<|>p99</)
    assert.doesNotMatch(svg, /NaN|undefined|Infinity|<streams>/)
  }
})
