import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runBenchmark } from '../../scripts/bench/benchmark.ts'
import { DEFAULTS } from '../../scripts/bench/options.ts'

test('the benchmark counts every delivery of Snug and of the plain loop, and its figures are sane', async () => {
  const report = await runBenchmark(
    { ...DEFAULTS, scenarios: ['saturated'], subscribers: 5, messages: 10, runs: 1 },
    () => {},
  )
  const [saturated] = report.scenarios
  assert.ok(saturated)
  assert.deepEqual(saturated.faults, [])
  const [pair] = saturated.pairs
  assert.ok(pair)
  for (const figures of [pair.snug, pair.other]) {
    assert.ok(Number(figures['deliveries per second']) > 10)
    assert.ok(Number(figures['latency p50, ms']) > 0)
    assert.ok(Number(figures['latency p99, ms']) >= Number(figures['latency p50, ms']))
    assert.ok(Number(figures['latency p99, ms']) < 5000)
    assert.ok(Number(figures['bytes per delivery']) > 120)
    const cpu = figures['server CPU per delivery, µs']
    assert.ok(cpu === undefined || (cpu > 1 && cpu < 20_000))
  }
})
