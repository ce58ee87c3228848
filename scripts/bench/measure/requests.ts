import type { RunningServer } from '../environment.ts'
import { describeCounts, type Figures, type Round } from '../figures.ts'
import { openPage, ROOM_PATH } from '../load/page.ts'
import { SubscriberPool } from '../load/subscriber-pool.ts'
import { alternateOrder, type BenchContext } from './bench-context.ts'

/** Keep-alive connections, each with one request at a time. */
const CONNECTIONS = 8

const WARM_UP_MS = 1000

/** Measures loading the page of an empty room, with one reader. */
export async function measurePages(bench: BenchContext, ms: number): Promise<Round> {
  const { environment } = bench
  const server = await environment.startSnug(CONNECTIONS)
  const copy = await environment.startBaseline('copy-server', `http://127.0.0.1:${server.port}${ROOM_PATH}`)
  return measureServers(bench, { snug: server, 'node:http, same bytes': copy }, 'page', ms)
}

/** Measures posts of the form, with one reader. */
export async function measurePosts(bench: BenchContext, ms: number): Promise<Round> {
  const { environment } = bench
  const server = await environment.startSnug(CONNECTIONS)
  const hono = await environment.startBaseline('form-server')
  return measureServers(bench, { snug: server, 'Hono, same form': hono }, 'post', ms)
}

async function measureServers(
  bench: BenchContext,
  servers: Readonly<Record<string, RunningServer>>,
  unit: 'page' | 'post',
  ms: number,
): Promise<Round> {
  const { environment } = bench
  const measured: Record<string, Figures> = {}
  const errors: string[] = []
  try {
    for (const [name, server] of alternateOrder(bench, Object.entries(servers))) {
      const reader = new SubscriberPool([await openPage(server.port)])
      if (name === 'snug') await reader.open(1)
      const { serverCpuSeconds, perSecond, refused, p50, loadCpuSeconds, seconds } =
        await environment.runLoad<'post'>(server, {
          kind: 'post',
          path: ROOM_PATH,
          ...(unit === 'page' && { ask: 'page' }),
          posters: CONNECTIONS,
          warmUpMs: WARM_UP_MS,
          ms,
          rate: undefined,
        })
      reader.close()
      const cpuSeconds = serverCpuSeconds && serverCpuSeconds / (perSecond * seconds)
      measured[name] = {
        [`${unit}s per second of CPU`]: cpuSeconds && 1 / cpuSeconds,
        [`server CPU per ${unit}, µs`]: cpuSeconds && cpuSeconds * 1e6,
        [`${unit}s per second`]: perSecond,
        'response p50, ms': p50,
        'load busy, % of a core': (loadCpuSeconds / seconds) * 100,
      }
      errors.push(...describeCounts(name, { [`${unit}s refused`]: refused }))
    }
  } finally {
    for (const { child } of Object.values(servers)) await child.stop()
  }
  const { snug = {}, ...baselines } = measured
  return { snug, baselines, errors }
}
