import { Agent, request } from 'node:http'
import type { PostJob, PostOutcome } from './job.ts'
import { openPage, ROOM_PATH } from './page.ts'
import { quantile } from './statistics.ts'

/** Different people who each post one message after the other, on a connection of their own. */
export async function postMany({ port, posters, warmUpMs, ms, rate }: PostJob): Promise<PostOutcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: posters })
  const cookies: string[] = []
  for (let n = 0; n < posters; n++) cookies.push((await openPage(port)).cookie)
  const latencies: number[] = []
  let refused = 0
  let number = 0
  const begin = performance.now() + warmUpMs
  const end = begin + ms
  const everyMs = rate === undefined ? 0 : (1000 * posters) / rate
  const postUntilEnd = async (cookie: string, index: number) => {
    for (let due = performance.now() + (everyMs * index) / posters; due < end; ) {
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      // What waits for the answer before is late by that.
      const since = everyMs > 0 ? due : performance.now()
      const taken = await post(agent, port, cookie, number++)
      if (!taken) refused++
      const now = performance.now()
      if (since >= begin && now < end) latencies.push(now - since)
      due = everyMs > 0 ? due + everyMs : now
    }
  }
  await Promise.all(cookies.map(postUntilEnd))
  agent.destroy()
  latencies.sort((a, b) => a - b)
  return {
    kind: 'post',
    perSecond: (latencies.length / ms) * 1000,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    refused,
  }
}

function post(agent: Agent, port: number, cookie: string, number: number): Promise<boolean> {
  const form = `text=This+is+message+number+${number}&key=durable-${number}`
  return new Promise((resolve) => {
    const sent = request({
      agent,
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: `${ROOM_PATH}/messages`,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': form.length,
        Accept: 'text/html',
        Cookie: cookie,
        Origin: `http://127.0.0.1:${port}`,
      },
    })
    sent.once('response', (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 303))
    })
    sent.once('error', () => resolve(false))
    sent.end(form)
  })
}
