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

/** A message that takes longer counts as lost. */
const DELIVERY_TIMEOUT_MS = 5_000

const CHANNEL = '{bench}'

/** Sends the message with this number. Resolves with the milliseconds until its delivery. */
type SendMessage = (number: number) => Promise<number>

/**
 * Sends messages over all routes in turn, so that each route meets the same state of the machine. Only one message is
 * in flight, because latency is measured, not throughput.
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

/** Measures from the post at one server to the frame at another. */
async function openRoute({ from, to, path }: RelayRoute): Promise<SendMessage> {
  let onMessage: (number: number) => void = () => {}
  const pool = new SubscriberPool([await openPage(to, path)], (_position, number) => onMessage(number))
  await pool.open(1)
  const connection = new PostConnection(await openPage(from, path))
  return async (number) => {
    const delivered = waitForDelivery((onDelivered) => {
      onMessage = (received) => {
        if (received === number) onDelivered()
      }
    })
    const began = performance.now()
    const accepted = connection.post(number, numberedText(number))
    const deliveredAt = await delivered
    if (!(await accepted)) throw new Error(`A post in ${path} was refused`)
    return deliveredAt - began
  }
}

/** Measures from a publish to a subscriber in another process, with as many bytes as Snug publishes per message. */
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
      author: { name: 'Quick Brown Fox', tag: 'x4d07f3k2q', verified: false },
      text: numberedText(number),
    })
    const began = process.hrtime.bigint()
    const published = publisher.sPublish(CHANNEL, message)
    const { value } = await lines.next()
    await published
    return Number(BigInt(value ?? 0) - began) / 1e6
  }
}

/** Resolves with the time of the delivery, as of `performance.now()`. */
function waitForDelivery(listen: (onDelivered: () => void) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(new Error('A message did not arrive')), DELIVERY_TIMEOUT_MS)
    listen(() => {
      const at = performance.now()
      clearTimeout(timeout)
      resolve(at)
    })
  })
}
