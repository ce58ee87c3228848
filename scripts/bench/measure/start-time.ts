import { get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Arena } from '../environment.ts'
import type { Round } from '../figures.ts'
import { median } from '../statistics.ts'
import { residentBytes } from '../usage.ts'

const ROUNDS = 3
const REST_MS = 300

const TIME = 'start to first answer, or to end, ms'

/** Snug from its start to its first answer, beside `node -e 0` from its start to its end. */
export async function measureStart(arena: Arena): Promise<Round> {
  const bare: number[] = []
  const answers: number[] = []
  let atRest: number | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await arena.bareNode().output(10_000)
    bare.push(performance.now() - began)

    const started = performance.now()
    const { child, port } = await arena.snug(100, { pinned: false })
    await firstAnswer(port)
    answers.push(performance.now() - started)
    if (round === 0) {
      await wait(REST_MS)
      atRest = residentBytes(child.pid)
    }
    await child.stop()
  }
  return {
    snug: {
      [TIME]: median(answers),
      'later than bare node, ms': median(answers) - median(bare),
      'RSS at rest, MB': atRest && atRest / 1e6,
    },
    beside: { 'node -e 0': { [TIME]: median(bare) } },
  }
}

function firstAnswer(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      response.resume()
      if (response.statusCode === 200) resolve()
      else reject(new Error(`The first page was answered ${response.statusCode}`))
    }).once('error', reject)
  })
}
