import { setTimeout as wait } from 'node:timers/promises'
import type { PostJob } from './job.ts'
import { Line } from './line.ts'
import { meter, type Spent } from './meter.ts'
import type { PostOutcome } from './outcome.ts'
import { openPage, type Page } from './page.ts'
import { PostLine } from './post-line.ts'
import { timesOf } from './times.ts'

const OK = 200

/** Asks once; resolves with whether it got what it asked for. */
interface Asker {
  readonly ask: (number: number) => Promise<boolean>
  readonly close: () => void
}

/** Different people who each ask one thing after the other, on a connection of their own. */
export async function postMany({
  port,
  pid,
  path,
  ask,
  posters,
  warmUpMs,
  ms,
  rate,
}: PostJob): Promise<PostOutcome> {
  const askers: Asker[] = []
  for (let n = 0; n < posters; n++) {
    const page = await openPage(port, path)
    askers.push(ask === 'page' ? visitor(page) : poster(page))
  }
  const latencies: number[] = []
  let refused = 0
  let number = 0
  const begin = performance.now() + warmUpMs
  const end = begin + ms
  const everyMs = rate === undefined ? 0 : (1000 * posters) / rate
  const askUntilEnd = async (asker: Asker, index: number) => {
    let due = performance.now() + (everyMs * index) / posters
    for (let free = due; due < end; due = everyMs > 0 ? due + everyMs : free) {
      // Whoever still waits for an answer when the next post is due is late by the server's fault; a timer that fires
      // late is the load's own.
      const late = free > due
      if (!late && due > performance.now()) await wait(due - performance.now())
      const since = late ? due : performance.now()
      if (!(await asker.ask(number++))) refused++
      free = performance.now()
      if (since >= begin && free < end) latencies.push(free - since)
    }
  }
  const spent = measure(pid, warmUpMs, ms)
  await Promise.all(askers.map(askUntilEnd))
  for (const asker of askers) asker.close()
  return {
    kind: 'post',
    perSecond: (latencies.length / ms) * 1000,
    ...timesOf(latencies),
    refused,
    ...(await spent),
    seconds: ms / 1000,
  }
}

function poster(page: Page): Asker {
  const line = new PostLine(page)
  return { ask: (number) => line.post(number), close: () => line.close() }
}

/** Loads a room's page again and again. */
function visitor({ port, path, cookie }: Page): Asker {
  const line = new Line(port)
  const headers = [`Host: 127.0.0.1:${port}`, 'Accept: text/html', `Cookie: ${cookie}`]
  const request = `GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`
  return { ask: async () => (await line.ask(request)) === OK, close: () => line.close() }
}

/** Processor that server and load take between the warming up and the end. */
async function measure(pid: number, warmUpMs: number, ms: number): Promise<Spent> {
  await wait(warmUpMs)
  const spent = meter(pid)
  await wait(ms)
  return spent()
}
