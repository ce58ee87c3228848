import type { Running } from '../environment.ts'
import { counted, type Figures, type Round } from '../figures.ts'
import { Audience } from '../load/audience.ts'
import { openPage, ROOM_PATH } from '../load/page.ts'
import { type Bench, inTurn } from './bench.ts'

/** Connections on which one request follows the other. */
const CONNECTIONS = 8

const WARM_UP_MS = 1000

/** Pages of a room in which nothing was said, with one reader. */
export async function measurePages(bench: Bench, ms: number): Promise<Round> {
  const { arena } = bench
  const server = await arena.snug(CONNECTIONS)
  const copy = await arena.script('copy-server', `http://127.0.0.1:${server.port}${ROOM_PATH}`)
  return measure(bench, { snug: server, 'node:http, same bytes': copy }, 'page', ms)
}

/** Posts of the form, with one reader. */
export async function measurePosts(bench: Bench, ms: number): Promise<Round> {
  const { arena } = bench
  const server = await arena.snug(CONNECTIONS)
  const hono = await arena.script('form-server')
  return measure(bench, { snug: server, 'Hono, same form': hono }, 'post', ms)
}

async function measure(
  bench: Bench,
  servers: Readonly<Record<string, Running>>,
  what: 'page' | 'post',
  ms: number,
): Promise<Round> {
  const { arena } = bench
  const measured: Record<string, Figures> = {}
  const faults: string[] = []
  try {
    for (const [name, server] of inTurn(bench, Object.entries(servers))) {
      const reader = new Audience([await openPage(server.port)])
      if (name === 'snug') await reader.open(1)
      const { serverCpuSeconds, perSecond, refused, p50, loadCpuSeconds, seconds } = await arena.load<'post'>(
        server,
        {
          kind: 'post',
          path: ROOM_PATH,
          ...(what === 'page' && { ask: 'page' }),
          posters: CONNECTIONS,
          warmUpMs: WARM_UP_MS,
          ms,
          rate: undefined,
        },
      )
      reader.close()
      const each = serverCpuSeconds && serverCpuSeconds / (perSecond * seconds)
      measured[name] = {
        [`${what}s per second of CPU`]: each && 1 / each,
        [`server CPU per ${what}, µs`]: each && each * 1e6,
        [`${what}s per second`]: perSecond,
        'answered p50, ms': p50,
        'load busy, % of a core': (loadCpuSeconds / seconds) * 100,
      }
      faults.push(...counted(name, { [`${what}s refused`]: refused }))
    }
  } finally {
    for (const { child } of Object.values(servers)) await child.stop()
  }
  const { snug = {}, ...beside } = measured
  return { snug, beside, faults }
}
