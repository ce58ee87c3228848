import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { reservePort } from '../../../scripts/bench/reserve-port.ts'
import { eventually } from '../eventually.ts'
import { emptyFolder, type TestScope } from '../process/snug-process.ts'
import type { RedisServer } from './redis-server.ts'

export interface SentinelsOptions {
  readonly count?: number
  /** How long a server must be silent until it counts as down, in milliseconds. */
  readonly downAfterMs?: number
  /** Lines of the configuration of each. */
  readonly lines?: readonly string[]
}

/** The name under which they know the primary. */
export const PRIMARY = 'the-primary'

/** Real sentinels that watch a primary and its replicas. They run until the test ends. */
export class Sentinels {
  readonly ports: readonly number[]
  readonly #children: readonly ChildProcess[]

  private constructor(ports: readonly number[], children: readonly ChildProcess[]) {
    this.ports = ports
    this.#children = children
  }

  /** Resolves when they know one another and the replicas. @param replicas how many the primary has */
  static async start(
    t: TestScope,
    primary: Pick<RedisServer, 'port'>,
    replicas: number,
    { count = 3, downAfterMs = 1_000, lines = [] }: SentinelsOptions = {},
  ): Promise<Sentinels> {
    const ports: number[] = []
    const children: ChildProcess[] = []
    for (let number = 0; number < count; number++) {
      const [port, folder] = [await reservePort(), await emptyFolder(t)]
      const config = [
        `port ${port}`,
        'bind 127.0.0.1',
        `sentinel monitor ${PRIMARY} 127.0.0.1 ${primary.port} ${Math.floor(count / 2) + 1}`,
        `sentinel down-after-milliseconds ${PRIMARY} ${downAfterMs}`,
        `sentinel failover-timeout ${PRIMARY} 5000`,
        ...lines,
      ]
      const file = join(folder, 'sentinel.conf')
      await writeFile(file, `${config.join('\n')}\n`)
      const program = process.env.REDIS_SERVER ?? 'redis-server'
      const child = spawn(program, [file, '--sentinel', '--dir', folder], { stdio: 'ignore' })
      t.after(() => child.kill('SIGKILL'))
      ports.push(port)
      children.push(child)
    }
    const sentinels = new Sentinels(ports, children)
    await eventually(async () => {
      for (const port of ports) {
        const known = await sentinels.describe(port)
        if (
          known.get('num-slaves') !== String(replicas) ||
          known.get('num-other-sentinels') !== String(count - 1)
        )
          throw new Error(`Sentinel ${port} does not know the others yet`)
      }
    }, 20_000)
    return sentinels
  }

  /** The value of `--redis`. */
  url(name = PRIMARY): string {
    return `redis+sentinel://${this.ports.map((port) => `127.0.0.1:${port}`).join(',')}/${name}`
  }

  /** What a sentinel says about the primary. */
  async describe(port = this.ports[0]): Promise<Map<string, string>> {
    const reply = await this.command(port, 'SENTINEL', 'MASTER', PRIMARY)
    return new Map(Object.entries(reply as object).map(([key, value]) => [key, String(value)]))
  }

  /** Resolves when all of them name this server as the primary, and it is one. */
  async waitForPrimary(server: RedisServer): Promise<void> {
    await eventually(async () => {
      const [role] = (await server.command('ROLE')) as [string]
      const named = await Promise.all(this.ports.map(async (port) => (await this.describe(port)).get('port')))
      if (role !== 'master' || named.some((port) => port !== String(server.port)))
        throw new Error(`The sentinels name ${named}, and ${server.port} is a ${role}`)
    })
  }

  /** Resolves when they know that this primary has a replica that is up to date, so that it can be promoted. */
  async waitForReplica(primary: RedisServer): Promise<void> {
    await this.waitForPrimary(primary)
    await eventually(async () => {
      for (const port of this.ports) {
        const [replica = {}] = (await this.command(port, 'SENTINEL', 'REPLICAS', PRIMARY)) as object[]
        const known = new Map(Object.entries(replica).map(([key, value]) => [key, String(value)]))
        if (known.get('flags') !== 'slave' || known.get('master-link-status') !== 'ok')
          throw new Error(`The replica is ${known.get('flags')}, ${known.get('master-link-status')}`)
      }
    })
  }

  /** Makes another server the primary, as an operator would. */
  async failOver(): Promise<void> {
    await this.command(this.ports[0], 'SENTINEL', 'FAILOVER', PRIMARY)
  }

  /** Runs a command at one sentinel. */
  async command(port: number | undefined, ...args: readonly string[]): Promise<unknown> {
    const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: false } })
    client.on('error', () => {})
    await client.connect()
    try {
      return await client.sendCommand(args)
    } finally {
      client.destroy()
    }
  }

  /** Stops or continues the process of one of them. */
  signal(index: number, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    this.#children[index]?.kill(signal)
  }
}
