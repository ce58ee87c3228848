import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import type { TestScope } from '../process/snug-process.ts'

/** How soon one cut follows another. */
const SOONEST_CUT_MS = 100
const LATEST_CUT_MS = 800

/** A stretch of network before a server that can do what bad networks do. */
export class CuttingProxy {
  /** `http://127.0.0.1:PORT`, or `https:` */
  readonly url: string
  /** While set, every new connection is closed at once. */
  refusing = false
  /** How long whatever comes from the server is held back, in milliseconds. */
  delayMs = 0
  /** Where new connections lead. */
  target: string
  readonly #pairs: Set<readonly [Socket, Socket]>

  private constructor(url: string, target: string, pairs: Set<readonly [Socket, Socket]>) {
    this.url = url
    this.target = target
    this.#pairs = pairs
  }

  /**
   * Stands before a server until the test ends.
   * @param rewrite changes what the server answers, a chunk at a time
   * @param identity by which it speaks TLS with those who come, as PEM
   */
  static async start(
    t: TestScope,
    target: string,
    rewrite = (chunk: string | Buffer) => chunk,
    identity?: { readonly cert: Buffer; readonly key: Buffer },
  ): Promise<CuttingProxy> {
    const pairs = new Set<readonly [Socket, Socket]>()
    const take = (client: Socket) => {
      if (proxy.refusing) return void client.destroy()
      const { hostname, port } = new URL(proxy.target)
      const server = connect(Number(port), hostname)
      const pair = [client, server] as const
      pairs.add(pair)
      client.on('data', (chunk) => server.write(chunk))
      // One after the other, however the delay changes meanwhile.
      let before = Promise.resolve()
      server.on('data', (chunk) => {
        const held = proxy.delayMs > 0 ? pause(proxy.delayMs) : undefined
        before = before.then(() => held).then(() => void client.write(rewrite(chunk)))
      })
      for (const [end, other] of [[client, server] as const, [server, client] as const]) {
        // A reset is what this proxy is for.
        end.on('error', () => {})
        end.on('end', () => other.end())
        end.on('close', () => {
          other.destroy()
          pairs.delete(pair)
        })
      }
    }
    const listener = identity ? createTlsServer(identity, take) : createServer(take)
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const { port } = listener.address() as AddressInfo
    const proxy = new CuttingProxy(`${identity ? 'https' : 'http'}://127.0.0.1:${port}`, target, pairs)
    t.after(() => {
      listener.close()
      proxy.cut()
    })
    return proxy
  }

  /** Ends what is open. */
  cut(): void {
    for (const [client] of this.#pairs) client.destroy()
  }

  /**
   * Ends what is open, at random moments.
   * @returns stops that
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

  /** Says to the server that nothing more comes; what it answers still arrives. */
  halfClose(): void {
    for (const [, server] of this.#pairs) server.end()
  }

  /** Lets nothing more through what is open, and says nothing; new connections work. */
  stall(): void {
    for (const pair of this.#pairs) for (const end of pair) end.pause()
  }
}
