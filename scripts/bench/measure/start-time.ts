import { get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Environment } from '../environment.ts'
import type { Round } from '../figures.ts'
import { median } from '../statistics.ts'
import { readResidentBytes } from '../usage.ts'

const ROUNDS = 3
const REST_MS = 300

const START_TIME_ROW = 'start to first response or exit, ms'

/** Compares the time from the start of Snug to its first response with that of `node -e 0` to its exit. */
export async function measureStart(environment: Environment): Promise<Round> {
  const bareMs: number[] = []
  const responseMs: number[] = []
  let residentAtRest: number | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await environment.startBareNode().output(10_000)
    bareMs.push(performance.now() - began)

    const started = performance.now()
    const { child, port } = await environment.startSnug(100, { pinned: false })
    await waitForFirstResponse(port)
    responseMs.push(performance.now() - started)
    if (round === 0) {
      await wait(REST_MS)
      residentAtRest = readResidentBytes(child.pid)
    }
    await child.stop()
  }
  return {
    snug: {
      [START_TIME_ROW]: median(responseMs),
      'slower than bare node, ms': median(responseMs) - median(bareMs),
      'RSS at rest, MB': residentAtRest && residentAtRest / 1e6,
    },
    baselines: { 'node -e 0': { [START_TIME_ROW]: median(bareMs) } },
  }
}

function waitForFirstResponse(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      response.resume()
      if (response.statusCode === 200) resolve()
      else reject(new Error(`The first page was answered with ${response.statusCode}`))
    }).once('error', reject)
  })
}
