import { findPeers } from '../baselines/peers.ts'
import { type BenchSetup, runBenchmark, setUpBench } from '../benchmark.ts'
import { type Contender, snugContender } from '../contenders.ts'
import type { Environment } from '../environment.ts'
import { measureGrowth } from '../growth.ts'
import type { Options } from '../options.ts'
import { explainMissingRedis } from '../redis.ts'
import type { ScenarioName } from '../scenarios.ts'
import { sizesUpTo } from '../sizes.ts'
import type { Findings } from './findings.ts'

/** What is written about elsewhere: docs/scaling.md. */
const DOCUMENTED_ELSEWHERE: readonly ScenarioName[] = ['durable', 'shared']

/** Measures all that the report says. */
export async function runFullBenchmark(options: Options, say: (line: string) => void): Promise<Findings> {
  const began = performance.now()
  const sizes = sizesUpTo(options.subscribers)
  const ground = await setUpBench(options)
  const { environment, baselines, frameBytes } = ground
  const peers = findPeers(environment, frameBytes, options.peers)
  for (const lack of peers.unavailable) say(lack)
  const scenarios = options.scenarios.filter((name) => !DOCUMENTED_ELSEWHERE.includes(name))
  const report = await runBenchmark({ ...options, scenarios }, say, ground)
  const growth = await measureGrowth(ground, peers.contenders, sizes, say)
  const contenders = [snugContender(environment), baselines.plain, ...peers.contenders]
  const idleKib = await measureIdleMemory(environment, contenders, Math.max(...sizes.readers), say)
  return {
    report,
    growth,
    sizes,
    frameBytes,
    versions: peers.versions,
    idleKib,
    unavailable: listUnavailable(ground, peers.unavailable),
    minutes: (performance.now() - began) / 60_000,
  }
}

function listUnavailable({ baselines }: BenchSetup, ofPeers: readonly string[]): string[] {
  const redis = explainMissingRedis()
  return [...baselines.unavailable, ...ofPeers, ...(redis === undefined ? [] : [redis])]
}

const IDLE_MS = 1500

async function measureIdleMemory(
  arena: Environment,
  contenders: readonly Contender[],
  subscribers: number,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const { name, start } of contenders) {
    say(`idle readers: ${name}`)
    const server = await start(2 * subscribers)
    const { bytesPerSubscriber } = await arena.runLoad<'idle'>(server, {
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
