import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient, RESP_TYPES } from '@redis/client'
import { reservePort } from '../../../scripts/bench/reserve-port.ts'
import { emptyFolder, type TestScope } from '../process/snug-process.ts'

export interface RedisServerOptions {
  /** `--name value …` of redis-server. */
  readonly args?: readonly string[]
}

/** With these, Redis syncs every write to the disk before it replies. */
export const FSYNC_ALWAYS = ['--appendonly', 'yes', '--appendfsync', 'always'] as const

/** A real Redis in an empty folder. It runs until the test ends, and can be paused, killed and started again. */
export class RedisServer {
  readonly port: number
  readonly folder: string
  readonly #args: readonly string[]
  #child: ChildProcess | undefined

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port
    this.folder = folder
    this.#args = args
  }

  static async start(t: TestScope, { args = FSYNC_ALWAYS }: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await reservePort(), await emptyFolder(t), args)
    await server.start()
    t.after(() => server.kill())
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts Redis with the data in its folder. Resolves when it accepts connections. */
  async start(): Promise<void> {
    const program = process.env.REDIS_SERVER ?? 'redis-server'
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder]
    const child = spawn(program, [...options, '--save', '', ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let output = ''
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', () => reject(new Error(`redis-server ended: ${output}`)))
      // Its output is always read: with a full pipe Redis would hang.
      child.stdout?.setEncoding('utf8').on('data', (text) => {
        output += text
        if (output.includes('Ready to accept connections')) resolve()
      })
    })
    child.stderr?.resume()
  }

  /** Follows a primary; resolves when it has everything that the primary has, and receives what comes next. */
  async replicate({ port }: { readonly port: number | string }): Promise<void> {
    await this.command('REPLICAOF', '127.0.0.1', String(port))
    while (!/master_link_status:up/.test(String(await this.command('INFO', 'replication'))));
  }

  /** Becomes a primary, with what it has. */
  async promote(): Promise<void> {
    await this.command('REPLICAOF', 'NO', 'ONE')
  }

  /** Makes Redis hang: it accepts connections and does not reply. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Sends SIGKILL. Resolves when the process has ended. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** Runs a command on a connection of its own. */
  command(...args: readonly string[]): Promise<unknown> {
    return this.#query((client) => client.sendCommand(args))
  }

  /** Runs a command with a binary reply. */
  bytes(...args: readonly string[]): Promise<Buffer> {
    const asBytes = { [RESP_TYPES.BLOB_STRING]: Buffer }
    return this.#query((client) => client.withTypeMapping(asBytes).sendCommand<Buffer>(args))
  }

  async #query<Reply>(operation: (client: Client) => Promise<Reply>): Promise<Reply> {
    const client = createConnection(this.url)
    // The command itself rejects.
    client.on('error', () => {})
    await client.connect()
    try {
      return await operation(client)
    } finally {
      client.destroy()
    }
  }

  /** Shortens the life of all keys that expire by `ms`, as if this time had passed. */
  async ageKeys(ms: number): Promise<void> {
    await this.command('EVAL', AGE_KEYS, '0', String(ms))
  }
}

type Client = ReturnType<typeof createConnection>

function createConnection(url: string) {
  return createClient({ url })
}

const AGE_KEYS = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left > 0 then redis.call('PEXPIRE', key, math.max(0, left - tonumber(ARGV[1]))) end
end`
