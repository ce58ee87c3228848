import { setPriority } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { Audience } from './audience.ts'
import type { CrowdJob, ProbeJob } from './job.ts'
import { Ledger } from './ledger.ts'
import { Line } from './line.ts'
import { textOf } from './marker.ts'
import type { CrowdOutcome, ProbeOutcome } from './outcome.ts'
import { openPage } from './page.ts'
import { Phase } from './phase.ts'
import { PostLine } from './post-line.ts'
import { Publisher } from './publisher.ts'
import { openSessions } from './sessions.ts'
import { timesOf } from './times.ts'

/** More than a crowd can be sent. */
const MESSAGES_MAX = 100_000

/** A message of the small room that takes longer counts as this long. */
const LOST_MS = 10_000

/** So that what measures beside the crowd, on the same core, does not wait for it. */
const LAST = 19

/** Keeps a room saturated that is full of people. */
export async function saturate({ port, subscribers, quietMs, ms }: CrowdJob): Promise<CrowdOutcome> {
  setPriority(LAST)
  const pages = await openSessions(port, subscribers)
  const ledger = new Ledger(MESSAGES_MAX)
  const publisher = new Publisher(pages.slice(0, 1))
  let deliveries = 0
  const phase = new Phase(
    { first: 0, end: MESSAGES_MAX },
    { kind: 'in-flight', count: 8 },
    subscribers,
    (number) => publisher.post(number),
  )
  const audience = new Audience(pages, (place, number) => {
    if (!ledger.take(place, number)) return
    phase.delivered(number)
    deliveries++
  })
  await audience.open(subscribers)
  process.stdout.write('open\n')
  await wait(quietMs)
  process.stdout.write('saturated\n')
  const began = performance.now()
  setTimeout(() => phase.stop(), ms)
  await phase.run()
  const seconds = (performance.now() - began) / 1000
  audience.close()
  publisher.close()
  const { lost } = audience
  return { kind: 'crowd', lost, refused: publisher.refused, perSecond: deliveries / seconds }
}

/** Posts in a small room again and again, and asks whether the server lives. */
export async function probe({ port, path, subscribers, everyMs, ms }: ProbeJob): Promise<ProbeOutcome> {
  const deliveries: number[] = []
  let postedAt = 0
  let there: () => void = () => {}
  let left = 0
  const audience = new Audience(await openSessions(port, subscribers, path), () => {
    deliveries.push(performance.now() - postedAt)
    if (--left === 0) there()
  })
  await audience.open(subscribers)
  const line = new PostLine(await openPage(port, path))
  let refused = 0
  let number = 0
  const post = async () => {
    left = subscribers
    const delivered = new Promise<void>((resolve) => {
      there = resolve
    })
    postedAt = performance.now()
    const taken = line.post(number, textOf(number))
    number++
    await Promise.race([delivered, wait(LOST_MS)])
    for (; left > 0; left--) deliveries.push(LOST_MS)
    if (!(await taken)) refused++
  }
  // Takes a name, and compiles what is hot.
  for (let warming = 0; warming < 5; warming++) await post()
  deliveries.length = 0

  const health: number[] = []
  const healthLine = new Line(port)
  const ask = async () => {
    const began = performance.now()
    const status = await healthLine.ask(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    health.push(performance.now() - began)
    if (status !== 200) refused++
  }
  const end = performance.now() + ms
  const again = async (act: () => Promise<void>) => {
    while (performance.now() < end) {
      await act()
      await wait(everyMs)
    }
  }
  await Promise.all([again(post), again(ask)])
  audience.close()
  line.close()
  healthLine.close()
  const { lost } = audience
  return { kind: 'probe', lost, refused, delivery: timesOf(deliveries), health: timesOf(health) }
}
