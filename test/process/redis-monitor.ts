import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestScope } from '../support/process/snug-process.ts'
import type { RedisServer } from '../support/redis/redis-server.ts'

/** Records all commands that a Redis gets, those of scripts too, as `MONITOR` shows them. */
export class RedisMonitor {
  readonly #socket: Socket
  #output = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1').on('data', (text) => {
      this.#output += text
    })
  }

  static async start(t: TestScope, { port }: RedisServer): Promise<RedisMonitor> {
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    const monitor = new RedisMonitor(socket)
    socket.write('MONITOR\r\n')
    await monitor.#waitFor('+OK\r\n')
    return monitor
  }

  /** All commands until now, one per line: `+TIME [DATABASE ADDRESS] "COMMAND" "ARGUMENT" …`. */
  async lines(server: RedisServer): Promise<string[]> {
    const marker = `until-${this.#output.length}`
    await server.command('ECHO', marker)
    await this.#waitFor(marker)
    return this.#output.split('\r\n').slice(1, -1)
  }

  async #waitFor(text: string): Promise<void> {
    while (!this.#output.includes(text)) await once(this.#socket, 'data')
  }
}
