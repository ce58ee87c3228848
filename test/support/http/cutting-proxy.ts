import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import type { TestScope } from '../process/snug-process.ts'

/** The bounds of the random time between two cuts. */
const SOONEST_CUT_MS = 100
const LATEST_CUT_MS = 800

/** A proxy before a server that does what bad networks do: it cuts, stalls, delays and refuses connections. */
export class CuttingProxy {
  /** `http://127.0.0.1:PORT`, or `https:` */
  readonly url: string
  /** While true, every new connection is closed at once. */
  refusing = false
  /** The delay of data from the server, in milliseconds. */
  delayMs = 0
  /** The URL of the server for new connections. */
  target: string
  readonly #pairs: Set<readonly [Socket, Socket]>

  private constructor(url: string, target: string, pairs: Set<readonly [Socket, Socket]>) {
    this.url = url
    this.target = target
    this.#pairs = pairs
  }

  /**
   * Starts a proxy that runs until the test ends.
   * @param rewrite changes each chunk of data from the server
   * @param identity certificate and key as PEM: with them, clients connect by TLS
   */
  static async start(
    t: TestScope,
    target: string,
    rewrite = (chunk: string | Buffer) => chunk,
    identity?: { readonly cert: Buffer; readonly key: Buffer },
  ): Promise<CuttingProxy> {
    const pairs = new Set<readonly [Socket, Socket]>()
    const accept = (client: Socket) => {
      if (proxy.refusing) return void client.destroy()
      const { hostname, port } = new URL(proxy.target)
      const server = connect(Number(port), hostname)
      const pair = [client, server] as const
      pairs.add(pair)
      client.on('data', (chunk) => server.write(chunk))
      // Chunks stay in order, even if the delay becomes shorter.
      let previous = Promise.resolve()
      server.on('data', (chunk) => {
        const delay = proxy.delayMs > 0 ? pause(proxy.delayMs) : undefined
        previous = previous.then(() => delay).then(() => void client.write(rewrite(chunk)))
      })
      for (const [end, other] of [[client, server] as const, [server, client] as const]) {
        // A reset is no error here: the proxy causes it.
        end.on('error', () => {})
        end.on('end', () => other.end())
        end.on('close', () => {
          other.destroy()
          pairs.delete(pair)
        })
      }
    }
    const listener = identity ? createTlsServer(identity, accept) : createServer(accept)
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const { port } = listener.address() as AddressInfo
    const proxy = new CuttingProxy(`${identity ? 'https' : 'http'}://127.0.0.1:${port}`, target, pairs)
    t.after(() => {
      listener.close()
      proxy.cut()
    })
    return proxy
  }

  /** Cuts all open connections. */
  cut(): void {
    for (const [client] of this.#pairs) client.destroy()
  }

  /**
   * Cuts all open connections again and again, at random moments.
   * @returns stops the cutting
   */
  cutRepeatedly(): () => void {
    const next = () => SOONEST_CUT_MS + Math.random() * (LATEST_CUT_MS - SOONEST_CUT_MS)
    let timer = setTimeout(
      function again(proxy: CuttingProxy) {
        proxy.cut()
        timer = setTimeout(again, next(), proxy)
      },
      next(),
      this,
    )
    return () => clearTimeout(timer)
  }

  /** Ends the requests: the server sees the end of each connection, and its responses still arrive. */
  halfClose(): void {
    for (const [, server] of this.#pairs) server.end()
  }

  /** Stops all data on open connections without closing them. New connections work. */
  stall(): void {
    for (const pair of this.#pairs) for (const end of pair) end.pause()
  }
}
