import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import type { Environment, RunningServer } from '../environment.ts'
import type { Figures, Round } from '../figures.ts'
import type { Scenario } from '../scenarios.ts'
import { quantile } from '../statistics.ts'
import type { BenchContext } from './bench-context.ts'

export const POST_BESIDE = 'another address’s post p50, ms'

const MESSAGES = 100
const MESSAGE_LENGTH = 4000
/** Texts that once took milliseconds each to render. */
const TEXTS = ['\n\n***a', '+a', '*a `b ', '@a*b@c ', '@\u0300\u0316\u0334', 'https://a.example/?b=*c* ']

/** The bystander pauses between two posts, so that it stays within its own limit. */
const PAUSE_MS = 100

/** As many connections as several browsers open. */
const ABUSER_CONNECTIONS = 60

const ABUSER = '127.0.0.2'
const BYSTANDER = '127.0.0.99'

/** Measures posts of one address while another one requests pages that cost much, with the limits of the defaults. */
export async function measureAbuse(
  { environment }: BenchContext,
  { rate, ms }: Extract<Scenario, { kind: 'abuse' }>,
): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'))
  try {
    await fillFatRoom(environment, folder)
    const server = await environment.startSnug(1, { limits: true, flags: ['--data', folder] })
    try {
      const alone = await measurePosts(server, ms)
      const abuse = beginRequests(server, rate, ms)
      const beside = await measurePosts(server, ms)
      const { answered, refused } = await abuse
      return {
        snug: { ...beside, 'pages answered': answered, 'pages refused': refused },
        baselines: { 'nobody else': alone },
      }
    } finally {
      await server.child.stop()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Through HTTP, so that the data fits the measured version. */
async function fillFatRoom(environment: Environment, folder: string): Promise<void> {
  const server = await environment.startSnug(1, { flags: ['--data', folder] })
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  try {
    await send(server, agent, 'POST', '/rooms', new URLSearchParams({ room: 'fat', kind: 'kept' }))
    await Promise.all(
      Array.from({ length: MESSAGES }, (_, n) => {
        const piece = TEXTS[n % TEXTS.length] ?? ''
        const message = piece.repeat(Math.floor(MESSAGE_LENGTH / piece.length)) + n
        return send(server, agent, 'POST', '/r/fat/messages', new URLSearchParams({ text: message }))
      }),
    )
  } finally {
    agent.destroy()
    await server.child.stop()
  }
}

async function measurePosts(server: RunningServer, ms: number): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress: BYSTANDER })
  const times: number[] = []
  const end = performance.now() + ms
  for (let n = 0; performance.now() < end; n++) {
    const began = performance.now()
    const status = await send(
      server,
      agent,
      'POST',
      '/r/aside/messages',
      new URLSearchParams({ text: `${n}` }),
    )
    if (status !== 201) throw new Error(`A bystander’s post was answered with ${status}.`)
    times.push(performance.now() - began)
    await wait(PAUSE_MS)
  }
  agent.destroy()
  times.sort((a, b) => a - b)
  return { [POST_BESIDE]: quantile(times, 0.5), 'the same, p90, ms': quantile(times, 0.9) }
}

/** Sends requests at a steady rate, whether they are answered or not. */
async function beginRequests(
  server: RunningServer,
  rate: number,
  ms: number,
): Promise<{ readonly answered: number; readonly refused: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: ABUSER_CONNECTIONS, localAddress: ABUSER })
  const statuses: number[] = []
  const began = performance.now()
  for (let sent = 0; performance.now() - began < ms; ) {
    for (; sent < ((performance.now() - began) / 1000) * rate; sent++)
      send(server, agent, 'GET', '/r/fat/messages?limit=100').then(
        (status) => statuses.push(status),
        () => {},
      )
    await wait(1000 / rate / 2)
  }
  agent.destroy()
  const answered = statuses.filter((status) => status === 200).length
  return { answered, refused: statuses.filter((status) => status === 429).length }
}

/** @returns the status, when the response has arrived completely */
function send(
  { port }: RunningServer,
  agent: Agent,
  method: string,
  path: string,
  body?: URLSearchParams,
): Promise<number> {
  const headers = {
    Accept: 'application/json',
    ...(body && { 'Content-Type': 'application/x-www-form-urlencoded' }),
  }
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent, method, path, headers }, (response) => {
      text(response).then(() => resolve(response.statusCode ?? 0), reject)
    })
      .once('error', reject)
      .end(body?.toString())
  })
}
