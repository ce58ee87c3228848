import { ErrorReply } from '@redis/client'
import { createRedisClient, type RedisAddress, type RedisClient } from './client.ts'
import { isUnknownCommand } from './rights.ts'

/** What one sentinel says about the primary. */
export interface SentinelReply {
  readonly host: string
  readonly port: string
  /** Rises with each failover. A sentinel that was cut off during one has a lower epoch. */
  readonly configEpoch: number
}

/** How long a sentinel may take to answer: one that is cut off must not delay a failover. */
const ANSWER_TIMEOUT_MS = 800

/** A connection to one sentinel, which is made when it is needed. */
export class Sentinel {
  readonly #address: RedisAddress
  #client: Promise<RedisClient> | undefined

  constructor(address: RedisAddress) {
    this.#address = address
  }

  /**
   * Asks for the primary of this name.
   * @returns undefined if the sentinel knows none of that name
   * @throws Error if the sentinel can't be asked, or does not answer in time
   */
  async ask(name: string): Promise<SentinelReply | undefined> {
    const connecting = this.#client ?? this.#connect()
    this.#client = connecting
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(noAnswer()), ANSWER_TIMEOUT_MS)
    })
    const reply = askOn(connecting, name)
    // It fails too when the connection is closed after the timeout.
    reply.catch(() => {})
    try {
      return await Promise.race([reply, timeout])
    } catch (error) {
      this.close()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Closes the connection. The next question opens another one. */
  close(): void {
    this.#client?.then((client) => client.destroy()).catch(() => {})
    this.#client = undefined
  }

  async #connect(): Promise<RedisClient> {
    const client = createRedisClient(this.#address)
    client.on('error', () => this.close())
    try {
      await client.connect()
      return client
    } catch (error) {
      client.destroy()
      throw error
    }
  }
}

async function askOn(connecting: Promise<RedisClient>, name: string): Promise<SentinelReply | undefined> {
  const client = await connecting
  // During a failover only the first of them has the new address already.
  const [address, details] = await Promise.all([
    client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]),
    client.sendCommand(['SENTINEL', 'MASTER', name]).catch(undefinedIfUnknownName),
  ])
  if (!address || !details) return undefined
  const [host, port] = address as unknown as [string, string]
  const fields = Array.isArray(details) ? pairs(details) : Object.entries(details as object)
  return { host, port, configEpoch: Number(new Map(fields).get('config-epoch') ?? 0) }
}

/** The error of a sentinel that does not answer in time. */
export function noAnswer(): Error {
  return new Error('does not answer')
}

/** Describes why a sentinel can't be asked. */
export function describeSentinelError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message } = error
  if (/^NOAUTH|^WRONGPASS|^NOPERM|called without any password/.test(message))
    return 'needs another user or password (?sentinel-user=…&sentinel-password=…)'
  if (isUnknownCommand(message)) return 'is a Redis, not a sentinel'
  if (message === 'Connection timeout' || message === 'Socket closed unexpectedly') return 'does not answer'
  return message.split('\n', 1)[0] ?? ''
}

function undefinedIfUnknownName(error: unknown): undefined {
  if (error instanceof ErrorReply && /No such master/i.test(error.message)) return undefined
  throw error
}

function pairs(flat: readonly unknown[]): [string, unknown][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [String(flat[2 * index]), flat[2 * index + 1]])
}
