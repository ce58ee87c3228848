import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient, RESP_TYPES } from '@redis/client'
import { reservePort } from '../../../scripts/bench/reserve-port.ts'
import { emptyFolder, type TestScope } from '../process/snug-process.ts'

export interface RedisServerOptions {
  /** `--name value …` of redis-server. */
  readonly args?: readonly string[]
}

/** What every write outlives. */
export const FSYNC_ALWAYS = ['--appendonly', 'yes', '--appendfsync', 'always'] as const

/** A real Redis of its own, in an empty folder, until the test ends. It can be killed, stopped and started again. */
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

  /** Starts it on what it left in its folder; resolves when it answers. */
  async start(): Promise<void> {
    const program = process.env.REDIS_SERVER ?? 'redis-server'
    const where = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder]
    const child = spawn(program, [...where, '--save', '', ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let said = ''
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', () => reject(new Error(`redis-server ended: ${said}`)))
      // Read on and on, or it would stand still when the pipe is full.
      child.stdout?.setEncoding('utf8').on('data', (text) => {
        said += text
        if (said.includes('Ready to accept connections')) resolve()
      })
    })
    child.stderr?.resume()
  }

  /** It stands still: it takes connections, and answers nothing. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** Asks it something, over a connection of its own. */
  command(...words: readonly string[]): Promise<unknown> {
    return this.#query((client) => client.sendCommand(words))
  }

  /** Asks for something that is no text. */
  bytes(...words: readonly string[]): Promise<Buffer> {
    const asBytes = { [RESP_TYPES.BLOB_STRING]: Buffer }
    return this.#query((client) => client.withTypeMapping(asBytes).sendCommand<Buffer>(words))
  }

  async #query<Answer>(question: (client: Client) => Promise<Answer>): Promise<Answer> {
    const client = createConnection(this.url)
    await client.connect()
    try {
      return await question(client)
    } finally {
      client.destroy()
    }
  }

  /** Lets this time pass for all that expires. */
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
