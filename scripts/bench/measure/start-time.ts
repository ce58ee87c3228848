import { get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Environment } from '../environment.ts'
import type { Round } from '../figures.ts'
import { median } from '../statistics.ts'
import { readResidentBytes } from '../usage.ts'

const ROUNDS = 3
const REST_MS = 300

const START_TIME_ROW = 'start to first answer, or to end, ms'

/** Snug from its start to its first answer, beside `node -e 0` from its start to its end. */
export async function measureStart(arena: Environment): Promise<Round> {
  const bare: number[] = []
  const answers: number[] = []
  let atRest: number | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await arena.startBareNode().output(10_000)
    bare.push(performance.now() - began)

    const started = performance.now()
    const { child, port } = await arena.startSnug(100, { pinned: false })
    await waitForFirstResponse(port)
    answers.push(performance.now() - started)
    if (round === 0) {
      await wait(REST_MS)
      atRest = readResidentBytes(child.pid)
    }
    await child.stop()
  }
  return {
    snug: {
      [START_TIME_ROW]: median(answers),
      'later than bare node, ms': median(answers) - median(bare),
      'RSS at rest, MB': atRest && atRest / 1e6,
    },
    baselines: { 'node -e 0': { [START_TIME_ROW]: median(bare) } },
  }
}

function waitForFirstResponse(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      response.resume()
      if (response.statusCode === 200) resolve()
      else reject(new Error(`The first page was answered ${response.statusCode}`))
    }).once('error', reject)
  })
}
