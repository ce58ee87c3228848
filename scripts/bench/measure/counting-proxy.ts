import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const LINE_END = '\r\n'

/** A stretch of the way to Redis that is as long as is wished, and on which every command is counted. */
export class CountingProxy {
  readonly url: string
  /** By what they are: `PING`, or the name with what it is about, such as `EVALSHA n` or `HMGET room`. */
  readonly counts = new Map<string, number>()
  readonly #listener: ReturnType<typeof createServer>
  readonly #sockets = new Set<Socket>()

  private constructor(listener: ReturnType<typeof createServer>) {
    this.#listener = listener
    this.url = `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`
  }

  /**
   * @param port of Redis
   * @param roundTripMs how much longer each answer takes
   */
  static async open(port: number, roundTripMs: number): Promise<CountingProxy> {
    const listener = createServer({ noDelay: true }, (client) => tap.#connect(client, port, roundTripMs / 2))
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const tap = new CountingProxy(listener)
    return tap
  }

  close(): void {
    this.#listener.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #connect(client: Socket, port: number, delayMs: number): void {
    const server = connect({ host: '127.0.0.1', port, noDelay: true })
    const commands = new CommandReader((words) => {
      const name = commandName(words)
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
    })
    client.on('data', (bytes) => commands.read(Buffer.from(bytes)))
    for (const [end, other] of [[client, server] as const, [server, client] as const]) {
      this.#sockets.add(end)
      end.on('data', (bytes) => void setTimeout(() => other.write(bytes), delayMs))
      end.on('error', () => {})
      end.on('close', () => {
        this.#sockets.delete(end)
        other.destroy()
      })
    }
  }
}

/** Reads what a client of Redis sends: arrays of bulk strings and nothing else. */
class CommandReader {
  readonly #onCommand: (words: readonly string[]) => void
  #unread = Buffer.alloc(0)

  constructor(take: (words: readonly string[]) => void) {
    this.#onCommand = take
  }

  read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes])
    for (let end = this.#readOne(); end > 0; end = this.#readOne()) this.#unread = this.#unread.subarray(end)
  }

  /** Where the first command ends; 0 where it is not whole. */
  #readOne(): number {
    let at = 0
    const readNumber = (): number => {
      const end = this.#unread.indexOf(LINE_END, at)
      if (end < 0) return Number.NaN
      const number = Number(this.#unread.toString('latin1', at + 1, end))
      at = end + LINE_END.length
      return number
    }
    const count = readNumber()
    const words: string[] = []
    while (words.length < count) {
      const length = readNumber()
      const end = at + length
      if (!(end + LINE_END.length <= this.#unread.length)) return 0
      words.push(this.#unread.toString('latin1', at, end))
      at = end + LINE_END.length
    }
    if (Number.isNaN(count)) return 0
    this.#onCommand(words)
    return at
  }
}

/** Keys are `prefix{room}:part` and `prefix part:…`. */
function commandName([command = '', first = '', , key = '']: readonly string[]): string {
  const about = command === 'EVALSHA' || command === 'EVAL' ? key : first
  const part = /(?:\}|^snug):([\w-]+)/.exec(about)?.[1] ?? ''
  return `${command} ${part}`.trim()
}
