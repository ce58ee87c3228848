import { setTimeout as wait } from 'node:timers/promises'
import { HttpConnection } from './http-connection.ts'
import type { PostJob } from './job.ts'
import { type ResourceUsage, startMeter } from './meter.ts'
import { openPage, type Page } from './page.ts'
import { PostConnection } from './post-connection.ts'
import { quantilesOf } from './quantiles.ts'
import type { PostResult } from './result.ts'

const OK = 200

/** A client that repeats one kind of request. */
interface Requester {
  /** Resolves with whether the request succeeded. */
  readonly request: (number: number) => Promise<boolean>
  readonly close: () => void
}

/** Runs clients that each send one request after the other, with a session and a connection of their own. */
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
  const clients: Requester[] = []
  for (let n = 0; n < posters; n++) {
    const page = await openPage(port, path)
    clients.push(ask === 'page' ? createPageLoader(page) : createPoster(page))
  }
  const latencies: number[] = []
  let refused = 0
  let number = 0
  const beginAt = performance.now() + warmUpMs
  const endAt = beginAt + ms
  const everyMs = rate === undefined ? 0 : (1000 * posters) / rate
  const requestUntilEnd = async (client: Requester, index: number) => {
    let due = performance.now() + (everyMs * index) / posters
    for (let freeAt = due; due < endAt; due = everyMs > 0 ? due + everyMs : freeAt) {
      // A client that still awaits a response when its next request is due is late because of the server, so the time
      // counts from when it was due. A timer that fires late is the load's fault.
      const late = freeAt > due
      if (!late && due > performance.now()) await wait(due - performance.now())
      const since = late ? due : performance.now()
      if (!(await client.request(number++))) refused++
      freeAt = performance.now()
      if (since >= beginAt && freeAt < endAt) latencies.push(freeAt - since)
    }
  }
  const usage = measureUsage(pid, warmUpMs, ms)
  await Promise.all(clients.map(requestUntilEnd))
  for (const client of clients) client.close()
  return {
    kind: 'post',
    perSecond: (latencies.length / ms) * 1000,
    ...quantilesOf(latencies),
    refused,
    ...(await usage),
    seconds: ms / 1000,
  }
}

function createPoster(page: Page): Requester {
  const connection = new PostConnection(page)
  return { request: (number) => connection.post(number), close: () => connection.close() }
}

/** A client that loads a room's page. */
function createPageLoader({ port, path, cookie }: Page): Requester {
  const connection = new HttpConnection(port)
  const headers = [`Host: 127.0.0.1:${port}`, 'Accept: text/html', `Cookie: ${cookie}`]
  const request = `GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`
  return { request: async () => (await connection.request(request)) === OK, close: () => connection.close() }
}

/** CPU of server and load from the end of the warm-up to the end of the job. */
async function measureUsage(pid: number, warmUpMs: number, ms: number): Promise<ResourceUsage> {
  await wait(warmUpMs)
  const stopMeter = startMeter(pid)
  await wait(ms)
  return stopMeter()
}
