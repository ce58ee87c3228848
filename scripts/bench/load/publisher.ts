import { HttpConnection } from './http-connection.ts'
import { numberedText } from './marker.ts'
import type { Page } from './page.ts'
import { formatPostRequest } from './post-connection.ts'

/** Connections that posts share. Further posts wait, and this time counts as latency. */
const CONNECTIONS_MAX = 32

/** Posts numbered messages like the forms of the rooms' pages, on keep-alive connections. */
export class Publisher {
  readonly #pages: readonly Page[]
  readonly #textBytes: number | undefined
  readonly #connections: HttpConnection[] = []
  readonly #idle: HttpConnection[] = []
  readonly #waiting: ((connection: HttpConnection) => void)[] = []
  /** Posts that were not accepted. */
  refused = 0

  /** @param pages one page of each room; message `n` goes to page `n` modulo their number */
  constructor(pages: readonly Page[], textBytes?: number) {
    this.#pages = pages
    this.#textBytes = textBytes
  }

  /** Opens all connections in advance, so that none opens during the measurement. */
  async open(): Promise<void> {
    const [page] = this.#pages
    if (!page) return
    const connections = Array.from({ length: CONNECTIONS_MAX }, () => new HttpConnection(page.port))
    const request = `GET ${page.path} HTTP/1.1\r\nHost: 127.0.0.1:${page.port}\r\nCookie: ${page.cookie}\r\n\r\n`
    await Promise.all(connections.map((connection) => connection.request(request)))
    this.#connections.push(...connections)
    this.#idle.push(...connections)
  }

  /** Resolves with whether the post was accepted. */
  async post(number: number): Promise<boolean> {
    const page = this.#pages[number % this.#pages.length]
    if (!page) throw new Error('There is no room to post to')
    const connection = await this.#acquire(page.port)
    const status = await connection.request(
      formatPostRequest(page, number, numberedText(number, this.#textBytes)),
    )
    this.#idle.push(connection)
    this.#waiting.shift()?.(this.#idle.pop() ?? connection)
    const accepted = status >= 200 && status < 400
    if (!accepted) this.refused++
    return accepted
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }

  #acquire(port: number): HttpConnection | Promise<HttpConnection> {
    const free = this.#idle.pop()
    if (free) return free
    if (this.#connections.length >= CONNECTIONS_MAX)
      return new Promise((resolve) => this.#waiting.push(resolve))
    const connection = new HttpConnection(port)
    this.#connections.push(connection)
    return connection
  }
}
