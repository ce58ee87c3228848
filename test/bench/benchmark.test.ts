import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runBenchmark, setUpBench } from '../../scripts/bench/benchmark.ts'
import { ChildProcesses } from '../../scripts/bench/children.ts'
import { Environment } from '../../scripts/bench/environment.ts'
import { measureGrowth } from '../../scripts/bench/growth.ts'
import { choosePinning } from '../../scripts/bench/machine.ts'
import { measureAbuse, POST_BESIDE } from '../../scripts/bench/measure/abuse.ts'
import { measureClustered } from '../../scripts/bench/measure/clustered.ts'
import { measureDurable } from '../../scripts/bench/measure/durable.ts'
import { DEFAULTS } from '../../scripts/bench/options.ts'

test('the benchmark counts every delivery of Snug and of the plain loop, and its figures are plausible', async () => {
  const report = await runBenchmark(
    { ...DEFAULTS, scenarios: ['saturated'], subscribers: 5, messages: 10, runs: 1 },
    () => {},
  )
  const [saturated] = report.scenarios
  assert.ok(saturated)
  assert.deepEqual(saturated.errors, [])
  const [round] = saturated.rounds
  assert.ok(round)
  for (const figures of [round.snug, ...Object.values(round.baselines)]) {
    assert.ok(Number(figures['deliveries per second']) > 10)
    assert.ok(Number(figures['latency p50, ms']) > 0)
    assert.ok(Number(figures['latency p99, ms']) >= Number(figures['latency p50, ms']))
    assert.ok(Number(figures['latency p99, ms']) < 5000)
    assert.ok(Number(figures['bytes per delivery']) > 120)
    const cpu = figures['server CPU per delivery, µs']
    assert.ok(cpu === undefined || (cpu > 1 && cpu < 20_000))
  }
})

test('a message in any format is counted once, and its frame is larger than its text', async () => {
  const report = await runBenchmark(
    { ...DEFAULTS, scenarios: ['formats', 'frame'], subscribers: 5, messages: 10, runs: 1 },
    () => {},
  )
  const [formats, frame] = report.scenarios
  assert.deepEqual(formats?.errors, [])
  assert.equal(frame?.rows.length, 5)
  for (const { name, snug, baselines } of frame.rows) {
    assert.ok(snug > 5 && snug < 1000, `${name}: ${snug}`)
    assert.ok(Number(baselines['whole frame']) > snug + 50, name)
  }
})

test('a post is measured alone and beside somebody who reads a lot', async () => {
  const { environment, baselines } = await setUpBench(DEFAULTS)
  const bench = { environment, baselines, run: 1 }
  const round = await measureAbuse(bench, { kind: 'abuse', rate: 20, ms: 500 })
  for (const figures of [round.snug, ...Object.values(round.baselines)])
    assert.ok(Number(figures[POST_BESIDE]) > 0)
  assert.ok(Number(round.snug['pages answered']) > 0)
})

test('growth is measured by readers, rooms and processes, and no reader misses a message', async () => {
  const sizes = {
    readers: [4],
    rooms: [2],
    processes: [2],
    readersOfRooms: 4,
    deliveries: 40,
    trickleMessages: 2,
    steadyMessages: 10,
  }
  const setup = await setUpBench(DEFAULTS)
  const { errors, ...series } = await measureGrowth(setup, [], sizes, () => {})
  assert.deepEqual(errors, [])
  const expected = ['snug', ...(setup.baselines.floor ? ['C floor'] : []), 'plain loop']
  assert.deepEqual(
    series.readersSaturated.map(({ contender }) => contender),
    expected,
  )
  assert.deepEqual(
    series.processesSteady.map(({ size }) => size),
    [2],
  )
  for (const { contender, perSecond, p50, p99 } of Object.values(series).flat()) {
    assert.ok(perSecond > 0, contender)
    assert.ok(p50 > 0 && p99 >= p50, contender)
  }
})

test('all posts in kept and vanishing rooms are accepted, and no figure or baseline is missing', async () => {
  const environment = new Environment(new ChildProcesses(), choosePinning(), DEFAULTS.snug)
  const { snug, baselines, errors } = await measureDurable(environment, {
    warmUpMs: 200,
    ms: 500,
    messages: 2000,
  })
  assert.deepEqual(errors, [])
  for (const figures of [snug, ...Object.values(baselines)]) {
    assert.equal(Object.keys(figures).length, 6)
    for (const [name, value] of Object.entries(figures)) assert.ok(Number(value) >= 0, `${name}: ${value}`)
    assert.ok(Number(figures['posts per second, 64 posters']) > 10)
  }
})

test('two processes on one Redis yield all figures, and publish an event once for all their readers', async () => {
  const environment = new Environment(new ChildProcesses(), choosePinning(), DEFAULTS.snug)
  const posting = { postingMs: 1_000, seldomMs: 1_000, idleMs: 500 }
  const sizes = { rounds: 10, warmUpRounds: 5, readers: 6, posting, warmUpMs: 200, ms: 500 }
  const {
    snug,
    baselines: { baseline = {} },
  } = await measureClustered(environment, sizes)
  for (const figures of [snug, baseline]) {
    // Presence may be published meanwhile; one publish per reader would be six.
    const publishes = Number(figures['publishes per event, 6 readers vs. 1'])
    assert.ok(publishes >= 1 && publishes < 2, `${publishes}`)
  }
  for (const kind of ['vanishing', 'kept']) {
    // Derived from response times, so a busy machine measures more. `test/store/redis/` counts the commands of a post.
    assert.ok(Number(snug[`Redis round trips per post, ${kind}`]) >= 1)
    for (const quantile of ['p50', 'p99']) {
      const name = `${kind}, delivery ${quantile}, ms`
      assert.ok(Number(snug[name]) > 0 && Number(baseline[name]) > 0, name)
    }
    // A slow machine may finish no post in half a second. A refused post would have thrown.
    for (const fsync of ['everysec', 'always']) assert.ok(Number(snug[`posts/s, ${kind}, ${fsync}`]) >= 0)
  }
})
