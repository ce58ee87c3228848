import { setTimeout as wait } from 'node:timers/promises'
import { HttpConnection } from './http-connection.ts'
import type { PostJob } from './job.ts'
import { type ResourceUsage, startMeter } from './meter.ts'
import { openPage, type Page } from './page.ts'
import { PostConnection } from './post-connection.ts'
import { quantilesOf } from './quantiles.ts'
import type { PostResult } from './result.ts'

const OK = 200

/** Asks once; resolves with whether it got what it asked for. */
interface Requester {
  readonly request: (number: number) => Promise<boolean>
  readonly close: () => void
}

/** Different people who each ask one thing after the other, on a connection of their own. */
export async function runPosters({
  port,
  pid,
  path,
  ask,
  posters,
  warmUpMs,
  ms,
  rate,
}: PostJob): Promise<PostResult> {
  const askers: Requester[] = []
  for (let n = 0; n < posters; n++) {
    const page = await openPage(port, path)
    askers.push(ask === 'page' ? createPageLoader(page) : createPoster(page))
  }
  const latencies: number[] = []
  let refused = 0
  let number = 0
  const begin = performance.now() + warmUpMs
  const end = begin + ms
  const everyMs = rate === undefined ? 0 : (1000 * posters) / rate
  const askUntilEnd = async (asker: Requester, index: number) => {
    let due = performance.now() + (everyMs * index) / posters
    for (let free = due; due < end; due = everyMs > 0 ? due + everyMs : free) {
      // Whoever still waits for an answer when the next post is due is late by the server's fault; a timer that fires
      // late is the load's own.
      const late = free > due
      if (!late && due > performance.now()) await wait(due - performance.now())
      const since = late ? due : performance.now()
      if (!(await asker.request(number++))) refused++
      free = performance.now()
      if (since >= begin && free < end) latencies.push(free - since)
    }
  }
  const spent = measureUsage(pid, warmUpMs, ms)
  await Promise.all(askers.map(askUntilEnd))
  for (const asker of askers) asker.close()
  return {
    kind: 'post',
    perSecond: (latencies.length / ms) * 1000,
    ...quantilesOf(latencies),
    refused,
    ...(await spent),
    seconds: ms / 1000,
  }
}

function createPoster(page: Page): Requester {
  const line = new PostConnection(page)
  return { request: (number) => line.post(number), close: () => line.close() }
}

/** Loads a room's page again and again. */
function createPageLoader({ port, path, cookie }: Page): Requester {
  const line = new HttpConnection(port)
  const headers = [`Host: 127.0.0.1:${port}`, 'Accept: text/html', `Cookie: ${cookie}`]
  const request = `GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`
  return { request: async () => (await line.request(request)) === OK, close: () => line.close() }
}

/** Processor that server and load take between the warming up and the end. */
async function measureUsage(pid: number, warmUpMs: number, ms: number): Promise<ResourceUsage> {
  await wait(warmUpMs)
  const spent = startMeter(pid)
  await wait(ms)
  return spent()
}
