import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsOf } from '../../scripts/bench/figures.ts'
import { dechunk } from '../../scripts/bench/measure/frame.ts'
import { DEFAULTS, readOptions } from '../../scripts/bench/options.ts'
import { checkPromises, formatBound } from '../../scripts/bench/promises.ts'

const CPU = 'server CPU per delivery, µs'

test('a ratio is the median of the ratios of each run to the first baseline', () => {
  const rounds = [
    { snug: { [CPU]: 3 }, baselines: { 'C floor': { [CPU]: 2 }, 'plain loop': { [CPU]: 12 } } },
    // A busy moment: both are slower, and the ratio is the same.
    { snug: { [CPU]: 30 }, baselines: { 'C floor': { [CPU]: 20 }, 'plain loop': { [CPU]: 120 } } },
    { snug: { [CPU]: 4 }, baselines: { 'C floor': { [CPU]: 2 }, 'plain loop': { [CPU]: 12 } } },
  ]
  assert.deepEqual(rowsOf(rounds), [
    { name: CPU, snug: 4, baselines: { 'C floor': 2, 'plain loop': 12 }, ratio: 1.5 },
  ])
})

test('a promised bound is checked against its row, and skipped if the row was not measured', () => {
  const rows = (ratio: number, other: string) =>
    checkPromises('saturated', rowsOf([{ snug: { [CPU]: ratio * 2 }, baselines: { [other]: { [CPU]: 2 } } }]))
  assert.deepEqual(
    rows(1.5, 'C floor').map(({ measured, held }) => [measured, held]),
    [[1.5, true]],
  )
  assert.deepEqual(
    rows(1.6, 'C floor').map(({ held }) => held),
    [false],
  )
  assert.deepEqual(rows(1, 'plain loop'), [])
  const [pages] = checkPromises(
    'pages',
    rowsOf([
      {
        snug: { 'pages per second of CPU': 300 },
        baselines: { 'node:http, same bytes': { 'pages per second of CPU': 1000 } },
      },
    ]),
  )
  assert.ok(pages)
  assert.deepEqual(
    [formatBound(pages.promise), pages.measured, pages.held],
    ['≥ 0.4 × node:http, same bytes', 0.3, false],
  )
})

test('a chunked body is decoded', () => {
  assert.equal(dechunk(Buffer.from('5\r\nhello\r\n6\r\n, tea!\r\n')).toString(), 'hello, tea!')
})

test('an invalid option is reported in a sentence', () => {
  assert.deepEqual(readOptions([]), DEFAULTS)
  assert.throws(() => readOptions(['--runs', '0']), /^Error: --runs must be a whole number from 1 to 50\.$/)
  assert.throws(() => readOptions(['--scenario', 'tea']), /--scenario must be one of saturated, /)
  assert.throws(() => readOptions(['--peers']), /^Error: --peers needs --report\.$/)
})
