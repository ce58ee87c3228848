import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const LINE_END = '\r\n'

/** A proxy in front of Redis that delays every reply and counts the commands. */
export class CountingProxy {
  readonly url: string
  /** By command and the kind of its key: `PING`, `EVALSHA n` or `HMGET room`. */
  readonly counts = new Map<string, number>()
  readonly #listener: ReturnType<typeof createServer>
  readonly #sockets = new Set<Socket>()

  private constructor(listener: ReturnType<typeof createServer>) {
    this.#listener = listener
    this.url = `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`
  }

  /**
   * @param port of Redis
   * @param roundTripMs the delay that each reply takes in addition
   */
  static async open(port: number, roundTripMs: number): Promise<CountingProxy> {
    const listener = createServer({ noDelay: true }, (client) =>
      proxy.#connect(client, port, roundTripMs / 2),
    )
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const proxy = new CountingProxy(listener)
    return proxy
  }

  close(): void {
    this.#listener.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #connect(client: Socket, port: number, delayMs: number): void {
    const server = connect({ host: '127.0.0.1', port, noDelay: true })
    const commands = new CommandReader((args) => {
      const name = commandName(args)
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

/** Parses the commands of a Redis client: arrays of bulk strings. */
class CommandReader {
  readonly #onCommand: (args: readonly string[]) => void
  #unread = Buffer.alloc(0)

  constructor(onCommand: (args: readonly string[]) => void) {
    this.#onCommand = onCommand
  }

  read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes])
    for (let end = this.#readOne(); end > 0; end = this.#readOne()) this.#unread = this.#unread.subarray(end)
  }

  /** The end of the first command; 0 if it is incomplete. */
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
    const args: string[] = []
    while (args.length < count) {
      const length = readNumber()
      const end = at + length
      if (!(end + LINE_END.length <= this.#unread.length)) return 0
      args.push(this.#unread.toString('latin1', at, end))
      at = end + LINE_END.length
    }
    if (Number.isNaN(count)) return 0
    this.#onCommand(args)
    return at
  }
}

/** The command with the kind of its key. Keys are `prefix{room}:part` and `prefix part:…`. */
function commandName([command = '', first = '', , scriptKey = '']: readonly string[]): string {
  const key = command === 'EVALSHA' || command === 'EVAL' ? scriptKey : first
  const part = /(?:\}|^snug):([\w-]+)/.exec(key)?.[1] ?? ''
  return `${command} ${part}`.trim()
}
