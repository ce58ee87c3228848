import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestScope } from '../../../test/support/process/snug-process.ts'
import { RedisServer } from '../../../test/support/redis/redis-server.ts'
import { KillableServer } from '../killable-server.ts'
import { openSession } from '../session.ts'
import { makeRoomKept } from './rooms.ts'

export interface ScenarioOptions {
  /** dist/snug, or the bundle. */
  readonly program: string
  readonly log?: ((line: string) => void) | undefined
}

/** What happens to processes that start, or end, on a Redis in trouble. Each returns its violations. */
export interface Scenario {
  readonly name: string
  readonly run: (t: TestScope, options: ScenarioOptions) => Promise<string[]>
}

/** Within this time processes agree on their keys, or see that Redis has space again (P7). */
const RECOVERY_MAX_MS = 5_000

/** The lease of a process is 30 seconds, and others look for ended ones every few seconds. */
const LEASE_ENDS_MAX_MS = 45_000

/** Allowance for a busy machine. */
const SLACK_MS = 2_500

/** The longest random time from the loss of the data to the start of a process, or back. */
const RANDOM_DELAY_MS = 400

const POLL_MS = 50

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** FLUSHALL, or a restart without data, while a process starts: one browser stays one person, one key one message. */
export const startOnEmptiedRedis = (rounds: number): Scenario => ({
  name: `${rounds} starts while Redis is emptied`,
  run: async (t, { program, log }) => {
    const violations: string[] = []
    const redis = await RedisServer.start(t)
    const start = async () => {
      const server = await KillableServer.start(program, '--redis', redis.url)
      t.after(() => server.kill())
      return server
    }
    let first = await start()
    for (let round = 0; round < rounds; round++) {
      const [, second] = await Promise.all([
        sleep(Math.random() * RANDOM_DELAY_MS).then(() =>
          round % 2 === 0 ? emptied(redis) : lostItsData(redis),
        ),
        startUntilReady(start),
      ])
      const startedAt = performance.now()
      let disagreement: string | undefined = 'not compared'
      while (disagreement && performance.now() - startedAt < RECOVERY_MAX_MS + SLACK_MS)
        disagreement = await compareSessions(first.url, second.url, round)
      if (disagreement) violations.push(`Start ${round + 1}: ${disagreement}`)
      log?.(
        `start ${round + 1} on an emptied Redis: agreed after ${Math.round(performance.now() - startedAt)} ms`,
      )
      await first.kill()
      first = second
    }
    return violations
  },
})

async function emptied(redis: RedisServer): Promise<void> {
  await redis.command('FLUSHALL')
}

async function lostItsData(redis: RedisServer): Promise<void> {
  await redis.kill()
  await rm(join(redis.folder, 'appendonlydir'), { recursive: true, force: true })
  await redis.start()
}

async function startUntilReady(start: () => Promise<KillableServer>): Promise<KillableServer> {
  const startedAt = performance.now()
  for (;;) {
    try {
      return await start()
    } catch (error) {
      // Redis may have been away at that moment.
      if (performance.now() - startedAt > RECOVERY_MAX_MS) throw error
    }
  }
}

// A cookie of each process must be the same person on the other: there its key gives the same message.
async function compareSessions(one: string, two: string, round: number): Promise<string | undefined> {
  for (const [from, to] of [
    [one, two],
    [two, one],
  ] as const) {
    const cookie = await openSession(`${from}/r/tea`)
    const key = `${round}-${Math.random().toString(36).slice(2)}`
    const ids = [await postOnce(from, 'tea', cookie, key), await postOnce(to, 'tea', cookie, key)]
    if (ids.some((id) => !/^\w+\.\d+$/.test(id))) return `a post was answered with ${ids.join(' and ')}`
    if (ids[0] !== ids[1]) return `one key made two messages, ${ids.join(' and ')}`
  }
  await sleep(POLL_MS)
  return undefined
}

/** Posts a message. Returns its id, or the status of another response. */
async function postOnce(url: string, room: string, cookie: string, key: string): Promise<string> {
  const response = await fetch(`${url}/r/${room}/messages`, {
    method: 'POST',
    headers: { Accept: 'application/json', Cookie: cookie, Origin: url },
    body: new URLSearchParams({ text: key, key }),
  })
  const { id } = (await response.json()) as { id?: string }
  return response.status === 201 && id !== undefined ? id : String(response.status)
}

/** A process starts on a full Redis: reading works, posts get 507, and are accepted when there is space again. */
export const startOnFullRedis: Scenario = {
  name: 'a start on a full Redis',
  run: async (t, { program }) => {
    const violations: string[] = []
    const redis = await RedisServer.start(t)
    const start = async () => {
      const server = await KillableServer.start(program, '--redis', redis.url)
      t.after(() => server.kill())
      return server
    }
    const first = await start()
    await makeRoomKept(first.url, 'kept')
    const cookie = await openSession(`${first.url}/r/kept`)
    const id = await postOnce(first.url, 'kept', cookie, 'before')
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    await first.kill()
    const { url } = await start()
    const page = await fetch(`${url}/r/kept/messages`, { headers: { Accept: 'application/json' } })
    const { messages = [] } = (await page.json()) as { messages?: { id: string }[] }
    if (!messages.some((message) => message.id === id))
      violations.push(`Reading got ${page.status}, without ${id}`)
    const refused = await postOnce(url, 'kept', cookie, 'full')
    if (refused !== '507') violations.push(`A post to a full Redis got ${refused}`)
    await redis.command('CONFIG', 'SET', 'maxmemory', '0')
    const startedAt = performance.now()
    let accepted = ''
    while (!accepted.includes('.') && performance.now() - startedAt < RECOVERY_MAX_MS + SLACK_MS)
      accepted = await postOnce(url, 'kept', cookie, 'full')
    if (!accepted.includes('.')) violations.push(`A post to a Redis with space again got ${accepted}`)
    return violations
  },
}

/** Named readers of a killed process count as gone when its lease ends, where others have unnamed readers only. */
export const killedUnderUnnamedReaders: Scenario = {
  name: 'a process killed under a room that another follows with unnamed readers',
  run: async (t, { program, log }) => {
    const redis = await RedisServer.start(t)
    const [one, two] = [
      await KillableServer.start(program, '--redis', redis.url),
      await KillableServer.start(program, '--redis', redis.url),
    ]
    t.after(() => Promise.all([one.kill(), two.kill()]))
    const stop = new AbortController()
    t.after(() => stop.abort())
    const follow = (url: string, query = '') => keepReading(`${url}/r/tea/live.ndjson${query}`, stop.signal)
    await Promise.all([follow(two.url), follow(two.url)])
    for (const name of ['Ada', 'Bo', 'Cy']) await follow(one.url, `?name=${name}`)
    const countHere = async () => {
      const response = await fetch(`${two.url}/r/tea/people`, { headers: { Accept: 'application/json' } })
      return ((await response.json()) as { count: number }).count
    }
    const waitForCount = async (count: number, maxMs: number) => {
      const startedAt = performance.now()
      while ((await countHere()) !== count && performance.now() - startedAt < maxMs) await sleep(POLL_MS)
      return { here: await countHere(), afterMs: Math.round(performance.now() - startedAt) }
    }
    const before = await waitForCount(3, RECOVERY_MAX_MS)
    if (before.here !== 3) return [`${before.here} were here instead of 3`]
    await one.kill()
    const { here, afterMs } = await waitForCount(0, LEASE_ENDS_MAX_MS)
    log?.(`people of a killed process were gone after ${afterMs} ms`)
    return here === 0 ? [] : [`${here} people of a killed process were still here after ${afterMs} ms`]
  },
}

/** Resolves when the stream has begun. It is read until the end. */
async function keepReading(stream: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(stream, { signal })
  const reader = response.body?.getReader()
  await reader?.read()
  const readOn = async () => {
    while (reader && !(await reader.read()).done);
  }
  readOn().catch(() => {})
}

/** Runs a scenario, and ends everything that it started. */
export async function runScenario(scenario: Scenario, options: ScenarioOptions): Promise<string[]> {
  const cleanups: (() => unknown)[] = []
  try {
    return await scenario.run({ after: (run: () => unknown) => void cleanups.unshift(run) }, options)
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

/** For `npm run torture`. */
export const ALL_SCENARIOS: readonly Scenario[] = [
  startOnFullRedis,
  startOnEmptiedRedis(20),
  killedUnderUnnamedReaders,
]
