import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from '@redis/client'
import type { RelayJob, RelayRoute } from './job.ts'
import { numberedText } from './marker.ts'
import { openPage } from './page.ts'
import { PostConnection } from './post-connection.ts'
import { quantilesOf } from './quantiles.ts'
import type { RelayResult } from './result.ts'
import { SubscriberPool } from './subscriber-pool.ts'

/** A message that takes longer is lost. */
const DELIVERY_TIMEOUT_MS = 5_000

const CHANNEL = '{bench}'

/** Sends a message of this number; resolves when it is there with the milliseconds that it took. */
type SendMessage = (number: number) => Promise<number>

/**
 * Sends messages all ways in turn, so that each way finds the machine as the others do. One at a time: what is measured
 * is how long the way is, not how much fits on it.
 */
export async function runRelayRounds({
  routes,
  redis,
  warmUp,
  rounds,
  everyMs,
}: RelayJob): Promise<RelayResult> {
  const sends = await Promise.all([openBarePublish(redis), ...routes.map(openRoute)])
  const times = sends.map(() => [] as number[])
  let number = 0
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [index, send] of sends.entries()) {
      const measured = round >= warmUp
      if (measured) await wait(everyMs)
      const ms = await send(number)
      if (measured) times[index]?.push(ms)
    }
    number++
  }
  const [barePublish, ...others] = times.map(quantilesOf)
  if (!barePublish) throw new Error('Nothing was sent')
  return { kind: 'relay', routes: others, barePublish }
}

/** From the post on one connection to the frame on another. */
async function openRoute({ from, to, path }: RelayRoute): Promise<SendMessage> {
  let there: (number: number) => void = () => {}
  const audience = new SubscriberPool([await openPage(to, path)], (_place, number) => there(number))
  await audience.open(1)
  const line = new PostConnection(await openPage(from, path))
  return async (number) => {
    const delivered = waitForDelivery((arrived) => {
      there = (found) => {
        if (found === number) arrived()
      }
    })
    const began = performance.now()
    const taken = line.post(number, numberedText(number))
    const at = await delivered
    if (!(await taken)) throw new Error(`A post in ${path} was refused`)
    return at - began
  }
}

/** From a publish to a subscriber in another process, with as many bytes as Snug publishes of a message. */
async function openBarePublish(url: string): Promise<SendMessage> {
  const publisher = createClient({ url })
  await publisher.connect()
  const script = join(import.meta.dirname, 'bare-subscriber.ts')
  const { stdin, stdout } = spawn(process.execPath, [script, url, CHANNEL], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  process.once('exit', () => stdin.end())
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  await lines.next()
  return async (number) => {
    const message = JSON.stringify({
      id: `mabcdefg.${number}`,
      kind: 'posted',
      at: Date.now(),
      author: { name: 'Quick Brown Fox', tag: '7f3k2q', verified: false },
      text: numberedText(number),
    })
    const began = process.hrtime.bigint()
    const published = publisher.sPublish(CHANNEL, message)
    const { value } = await lines.next()
    await published
    return Number(BigInt(value ?? 0) - began) / 1e6
  }
}

/** Resolves with when it was called, as of `performance.now()`. */
function waitForDelivery(listen: (arrived: () => void) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('A message did not arrive')), DELIVERY_TIMEOUT_MS)
    listen(() => {
      const at = performance.now()
      clearTimeout(late)
      resolve(at)
    })
  })
}
