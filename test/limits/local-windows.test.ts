import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOCAL_WINDOWS_MAX, LocalWindows } from '../../src/limits/local-windows.ts'
import { TestClock } from '../support/clock.ts'

const HOUR = 3_600_000

function hourly() {
  const clock = new TestClock()
  const windows = new LocalWindows(clock, { count: 1, windowMs: HOUR }, (ms) => new Error(`wait ${ms}`))
  const fill = async (from: number, to: number) => {
    for (let key = from; key < to; key++) await windows.take(`key ${key}`)
  }
  return { clock, windows, fill }
}

test('beyond the bound, the oldest key starts over and the others do not', async () => {
  const { windows, fill } = hourly()
  await fill(0, LOCAL_WINDOWS_MAX)
  await assert.rejects(windows.take('key 0'), /wait/)
  await fill(LOCAL_WINDOWS_MAX, LOCAL_WINDOWS_MAX + 1)
  assert.equal(windows.size, LOCAL_WINDOWS_MAX)
  await assert.rejects(windows.take('key 1'), /wait/)
  await windows.take('key 0')
  await assert.rejects(windows.take('key 2'), /wait/)
  await assert.rejects(windows.take(`key ${LOCAL_WINDOWS_MAX}`), /wait/)
  assert.equal(windows.size, LOCAL_WINDOWS_MAX)
})

test('keys whose window is over are forgotten, however many there are', async () => {
  const { clock, windows, fill } = hourly()
  await fill(0, 1000)
  clock.advance(HOUR - 1)
  await fill(1000, 1001)
  assert.equal(windows.size, 1001)
  clock.advance(1)
  await fill(1001, 1002)
  assert.equal(windows.size, 2)
  await windows.take('key 0')
  await assert.rejects(windows.take('key 1000'), /wait/)
})

test('giving back to a forgotten key does not allow more', async () => {
  const { windows, fill } = hourly()
  const giveBack = await windows.take('early')
  await fill(0, LOCAL_WINDOWS_MAX)
  await windows.take('early')
  giveBack()
  await assert.rejects(windows.take('early'), /wait/)
})

test('counting does not keep the process alive', () => {
  const before = process.getActiveResourcesInfo().length
  const { windows } = hourly()
  void windows.take('key')
  assert.equal(process.getActiveResourcesInfo().length, before)
})
