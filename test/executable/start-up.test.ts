import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { SnugProcess } from '../support/process/snug-process.ts'

const RUNS = 5

async function median(measure: () => Promise<number>): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) times.push(await measure())
  return times.sort((a, b) => a - b)[RUNS >> 1] ?? Number.NaN
}

async function timeBareNode(): Promise<number> {
  const started = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { env: {}, stdio: 'ignore' }), 'exit')
  return performance.now() - started
}

async function timeFirstResponse(t: TestContext): Promise<number> {
  const started = performance.now()
  const snug = await SnugProcess.start(t)
  const { status } = await fetch(snug.url)
  const took = performance.now() - started
  assert.equal(status, 200)
  await snug.kill('SIGTERM')
  return took
}

test('the executable responds after its start, and the test reports how soon', async (t) => {
  const bare = await median(timeBareNode)
  const response = await median(() => timeFirstResponse(t))
  // Not asserted: the load on the machine decides. `npm run bench` judges times.
  t.diagnostic(
    `first response ${response.toFixed()} ms after the start, bare Node ends after ${bare.toFixed()} ms: ${(response - bare).toFixed()} ms later`,
  )
})
