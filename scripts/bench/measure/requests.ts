import type { RunningServer } from '../environment.ts'
import { describeCounts, type Figures, type Round } from '../figures.ts'
import { openPage, ROOM_PATH } from '../load/page.ts'
import { SubscriberPool } from '../load/subscriber-pool.ts'
import { alternateOrder, type BenchContext } from './bench-context.ts'

/** Connections on which one request follows the other. */
const CONNECTIONS = 8

const WARM_UP_MS = 1000

/** Pages of a room in which nothing was said, with one reader. */
export async function measurePages(bench: BenchContext, ms: number): Promise<Round> {
  const { environment } = bench
  const server = await environment.startSnug(CONNECTIONS)
  const copy = await environment.startBaseline('copy-server', `http://127.0.0.1:${server.port}${ROOM_PATH}`)
  return measureServers(bench, { snug: server, 'node:http, same bytes': copy }, 'page', ms)
}

/** Posts of the form, with one reader. */
export async function measurePosts(bench: BenchContext, ms: number): Promise<Round> {
  const { environment } = bench
  const server = await environment.startSnug(CONNECTIONS)
  const hono = await environment.startBaseline('form-server')
  return measureServers(bench, { snug: server, 'Hono, same form': hono }, 'post', ms)
}

async function measureServers(
  bench: BenchContext,
  servers: Readonly<Record<string, RunningServer>>,
  what: 'page' | 'post',
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
          ...(what === 'page' && { ask: 'page' }),
          posters: CONNECTIONS,
          warmUpMs: WARM_UP_MS,
          ms,
          rate: undefined,
        })
      reader.close()
      const each = serverCpuSeconds && serverCpuSeconds / (perSecond * seconds)
      measured[name] = {
        [`${what}s per second of CPU`]: each && 1 / each,
        [`server CPU per ${what}, µs`]: each && each * 1e6,
        [`${what}s per second`]: perSecond,
        'answered p50, ms': p50,
        'load busy, % of a core': (loadCpuSeconds / seconds) * 100,
      }
      errors.push(...describeCounts(name, { [`${what}s refused`]: refused }))
    }
  } finally {
    for (const { child } of Object.values(servers)) await child.stop()
  }
  const { snug = {}, ...baselines } = measured
  return { snug, baselines, errors }
}
