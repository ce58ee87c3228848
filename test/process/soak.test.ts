import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareChanges } from '../../scripts/torture/soak/changing-room.ts'
import { type Figures, findGrowth, toFigures } from '../../scripts/torture/soak/figures.ts'
import { soak } from '../../scripts/torture/soak/soak.ts'
import { EXECUTABLE } from '../support/process/snug-process.ts'

test('P6: readers whose connections are cut again and again show what was posted, edited and deleted, and nothing grows', async () => {
  const { acknowledged, changes, streams, visitors, start, end, violations } = await soak({
    program: EXECUTABLE,
    durationMs: 12_000,
    rate: 20,
  })
  // On a busy machine, the delay of some seconds says nothing. The long soak checks it.
  assert.deepEqual(
    violations.filter((sentence) => !sentence.startsWith('The delay rose')),
    [],
  )
  assert.ok(acknowledged > 50, `${acknowledged} posts`)
  assert.ok(changes > 50, `${changes} changes`)
  assert.ok(streams >= 60, `${streams} streams: the cuts had no effect`)
  assert.ok(visitors > 5, `${visitors} visitors`)
  for (const { delay, memory, descriptors } of [start, end]) {
    assert.ok(delay.p50 > 0)
    if (process.platform === 'linux') assert.ok(memory > 20 && descriptors > 20)
  }
})

test('the soak notices growth, and only growth', () => {
  const figures = (memory: number, descriptors: number, p99: number): Figures => ({
    ...{ memory, descriptors },
    delay: { p50: 1, p99, max: p99 },
  })
  const calm = figures(100, 60, 5)
  assert.deepEqual(findGrowth(calm, calm, figures(110, 65, 50)), [])
  assert.deepEqual(findGrowth(calm, figures(180, 60, 900), figures(190, 60, 5)), [])
  assert.deepEqual(findGrowth(calm, figures(120, 90, 5), figures(200, 100, 300)), [
    'Memory rose from 120 to 200 MiB',
    'Descriptors rose from 60 to 100',
    'The delay rose from 5 to 300 ms',
  ])
  const delays = Array.from({ length: 100 }, (_, ms) => ms)
  const samples = [30, 10, 20].map((memory) => ({ memory, descriptors: memory * 2 }))
  assert.deepEqual(toFigures(samples, delays), {
    ...{ memory: 20, descriptors: 40 },
    delay: { p50: 50, p99: 99, max: 99 },
  })
})

test('the soak notices an edit or a deletion that was lost, in the history and with a reader', () => {
  const message = (seq: number, text: string) => ({ id: `e.${seq}`, text })
  const texts = new Map<string, string | undefined>([
    ['e.1', 'edited'],
    ['e.2', undefined],
    ['e.3', 'last'],
  ])
  const view = (...shown: (readonly [string, string])[]) => ({ texts: new Map(shown), gaps: 0 })
  const right = view(['e.1', 'edited'], ['e.3', 'last'])
  const history = [message(1, 'edited'), message(3, 'last')]
  assert.deepEqual(compareChanges(history, { texts }, [right]), [])
  assert.deepEqual(compareChanges([message(1, 'first'), message(3, 'last')], { texts }, []), [
    'e.1 is “first” in the history, not “edited”',
  ])
  assert.deepEqual(
    compareChanges([...history.slice(0, 1), message(2, 'x'), message(3, 'last')], { texts }, []),
    ['The room has 3 messages of 2'],
  )
  assert.deepEqual(compareChanges(history, { texts }, [view(['e.1', 'first'], ['e.2', 'x'])]), [
    'e.1 is “first” in view 0, not “edited”',
    'e.3 is “undefined” in view 0, not “last”',
    'e.2 is still in view 0',
  ])
  assert.deepEqual(compareChanges(history, { texts }, [{ ...right, gaps: 2 }]), ['view 0 received 2 gaps'])
})
