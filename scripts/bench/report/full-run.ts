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

/** Scenarios whose figures are in docs/scaling.md. */
const DOCUMENTED_ELSEWHERE: readonly ScenarioName[] = ['durable', 'shared']

/**
 * Measures everything in the report.
 * @param log receives a line per step
 */
export async function runFullBenchmark(options: Options, log: (line: string) => void): Promise<Findings> {
  const began = performance.now()
  const sizes = sizesUpTo(options.subscribers)
  const setup = await setUpBench(options)
  const { environment, baselines, frameBytes } = setup
  const peers = findPeers(environment, frameBytes, options.peers)
  for (const sentence of peers.unavailable) log(sentence)
  const scenarios = options.scenarios.filter((name) => !DOCUMENTED_ELSEWHERE.includes(name))
  const report = await runBenchmark({ ...options, scenarios }, log, setup)
  const growth = await measureGrowth(setup, peers.contenders, sizes, log)
  const contenders = [snugContender(environment), baselines.plain, ...peers.contenders]
  const idleKib = await measureIdleMemory(environment, contenders, Math.max(...sizes.readers), log)
  return {
    report,
    growth,
    sizes,
    frameBytes,
    versions: peers.versions,
    idleKib,
    unavailable: listUnavailable(setup, peers.unavailable),
    minutes: (performance.now() - began) / 60_000,
  }
}

function listUnavailable({ baselines }: BenchSetup, peers: readonly string[]): string[] {
  const redis = explainMissingRedis()
  return [...baselines.unavailable, ...peers, ...(redis === undefined ? [] : [redis])]
}

const IDLE_MS = 1500

async function measureIdleMemory(
  environment: Environment,
  contenders: readonly Contender[],
  subscribers: number,
  log: (line: string) => void,
): Promise<Record<string, number>> {
  const kibByName: Record<string, number> = {}
  for (const { name, start } of contenders) {
    log(`idle readers: ${name}`)
    const server = await start(2 * subscribers)
    const { bytesPerSubscriber } = await environment.runLoad<'idle'>(server, {
      kind: 'idle',
      subscribers,
      settleMs: 0,
      ms: IDLE_MS,
    })
    await server.child.stop()
    kibByName[name] = (bytesPerSubscriber ?? Number.NaN) / 1024
  }
  return kibByName
}
