import type { TestContext } from 'node:test'
import { reservePort } from '../../../scripts/bench/reserve-port.ts'
import { RedisServer } from '../redis/redis-server.ts'
import { Balancer, type BalancerName } from './balancer.ts'
import { BUNDLE, SnugProcess } from './snug-process.ts'

/** Starts two processes on one Redis behind a balancer, configured as in the docs, until the test ends. */
export async function startBalanced(t: TestContext, name: BalancerName, ...more: readonly string[]) {
  const redis = await RedisServer.start(t)
  const [port, ...ports] = await Promise.all([reservePort(), reservePort(), reservePort()])
  const url = `http://127.0.0.1:${port}`
  const start = (ownPort: number) =>
    SnugProcess.start(t, {
      program: BUNDLE,
      args: ['--port', String(ownPort), '--base-url', url, '--trusted-proxy', '127.0.0.1', ...more],
      env: { SNUG_REDIS: redis.url },
    })
  const [one, two] = await Promise.all([start(ports[0]), start(ports[1])])
  const balancer = await Balancer.start(t, name, port, ports)
  return {
    redis,
    balancer,
    url,
    one: { port: ports[0], snug: one },
    two: { port: ports[1], snug: two },
    start,
  }
}
