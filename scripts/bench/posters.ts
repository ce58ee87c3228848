import { setTimeout as wait } from 'node:timers/promises'
import type { PostJob, PostOutcome } from './job.ts'
import { openPage } from './page.ts'
import { PostLine } from './post-line.ts'
import { quantile } from './statistics.ts'
import { cpuSeconds } from './usage.ts'

/** Different people who each post one message after the other, on a connection of their own. */
export async function postMany({
  port,
  pid,
  path,
  posters,
  warmUpMs,
  ms,
  rate,
}: PostJob): Promise<PostOutcome> {
  const lines: PostLine[] = []
  for (let n = 0; n < posters; n++) lines.push(new PostLine(port, (await openPage(port, path)).cookie, path))
  const latencies: number[] = []
  let refused = 0
  let number = 0
  const begin = performance.now() + warmUpMs
  const end = begin + ms
  const everyMs = rate === undefined ? 0 : (1000 * posters) / rate
  const postUntilEnd = async (line: PostLine, index: number) => {
    let due = performance.now() + (everyMs * index) / posters
    for (let free = due; due < end; due = everyMs > 0 ? due + everyMs : free) {
      // Whoever still waits for an answer when the next post is due is late by the server's fault; a timer that fires
      // late is the load's own.
      const late = free > due
      if (!late && due > performance.now()) await wait(due - performance.now())
      const since = late ? due : performance.now()
      if (!(await line.post(number++))) refused++
      free = performance.now()
      if (since >= begin && free < end) latencies.push(free - since)
    }
  }
  const spent = measure(pid, warmUpMs, ms)
  await Promise.all(lines.map(postUntilEnd))
  for (const line of lines) line.close()
  latencies.sort((a, b) => a - b)
  return {
    kind: 'post',
    perSecond: (latencies.length / ms) * 1000,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    refused,
    seconds: ms / 1000,
    ...(await spent),
  }
}

/** Processor that server and load take between the warming up and the end. */
async function measure(pid: number, warmUpMs: number, ms: number) {
  await wait(warmUpMs)
  const own = process.cpuUsage()
  const server = cpuSeconds(pid)
  await wait(ms)
  const { user, system } = process.cpuUsage(own)
  const serverNow = cpuSeconds(pid)
  return {
    serverCpuSeconds: server === undefined || serverNow === undefined ? undefined : serverNow - server,
    loadCpuSeconds: (user + system) / 1e6,
  }
}
