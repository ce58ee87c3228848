import type { TestContext } from 'node:test'
import { RedisServer } from '../redis/redis-server.ts'
import { BUNDLE, SnugProcess } from './snug-process.ts'

/** Arguments of Snug and of its Redis, besides those of every test. */
export interface ClusteredArgs {
  readonly snug?: readonly string[]
  readonly redis?: readonly string[]
}

/** Starts two processes on a Redis of their own, until the test ends. */
export async function startClusteredProcesses(t: TestContext, { snug = [], redis }: ClusteredArgs = {}) {
  const server = await RedisServer.start(t, { ...(redis && { args: redis }) })
  const args = ['--port', '0', ...snug]
  const start = () => SnugProcess.start(t, { program: BUNDLE, args, env: { SNUG_REDIS: server.url } })
  const [one, two] = await Promise.all([start(), start()])
  return { redis: server, one, two }
}
