import { findPeers } from '../baselines/peers.ts'
import { type Ground, prepare, runBenchmark } from '../benchmark.ts'
import { type Contender, snug } from '../contenders.ts'
import type { Arena } from '../environment.ts'
import { measureGrowth } from '../growth.ts'
import type { Options } from '../options.ts'
import { lackOfRedis } from '../redis.ts'
import type { ScenarioName } from '../scenarios.ts'
import { sizesUpTo } from '../sizes.ts'
import type { Findings } from './findings.ts'

/** What is written about elsewhere: docs/scaling.md. */
const ELSEWHERE: readonly ScenarioName[] = ['durable', 'shared']

/** Measures all that the report says. */
export async function survey(options: Options, say: (line: string) => void): Promise<Findings> {
  const began = performance.now()
  const sizes = sizesUpTo(options.subscribers)
  const ground = await prepare(options)
  const { arena, beside, frameBytes } = ground
  const peers = findPeers(arena, frameBytes, options.peers)
  for (const lack of peers.lacks) say(lack)
  const scenarios = options.scenarios.filter((name) => !ELSEWHERE.includes(name))
  const report = await runBenchmark({ ...options, scenarios }, say, ground)
  const growth = await measureGrowth(ground, peers.contenders, sizes, say)
  const contenders = [snug(arena), beside.plain, ...peers.contenders]
  const idleKib = await measureIdle(arena, contenders, Math.max(...sizes.readers), say)
  return {
    report,
    growth,
    sizes,
    frameBytes,
    versions: peers.versions,
    idleKib,
    lacks: lacksOf(ground, peers.lacks),
    minutes: (performance.now() - began) / 60_000,
  }
}

function lacksOf({ beside }: Ground, ofPeers: readonly string[]): string[] {
  const redis = lackOfRedis()
  return [...beside.lacks, ...ofPeers, ...(redis === undefined ? [] : [redis])]
}

const IDLE_MS = 1500

async function measureIdle(
  arena: Arena,
  contenders: readonly Contender[],
  subscribers: number,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const { name, start } of contenders) {
    say(`idle readers: ${name}`)
    const server = await start(2 * subscribers)
    const { bytesPerSubscriber } = await arena.load<'idle'>(server, {
      kind: 'idle',
      subscribers,
      settleMs: 0,
      ms: IDLE_MS,
    })
    await server.child.stop()
    found[name] = (bytesPerSubscriber ?? Number.NaN) / 1024
  }
  return found
}
