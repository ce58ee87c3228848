import { connect, type Socket } from 'node:net'
import type { OrderPosition } from './delivery-order.ts'
import { MarkerScanner } from './marker.ts'
import type { Page } from './page.ts'
import { expectedStatusLine, firstClientFrame, formatStreamRequest } from './stream-request.ts'

/** Connections under way at once: the server's backlog is not what is measured. */
const CONNECTING_MAX = 64

const READ_BYTES = 64 * 1024

/** One open stream, read from a bare socket. */
class Subscriber {
  readonly page: Page
  readonly position: OrderPosition = { next: 0, skipped: undefined }
  readonly scanner = new MarkerScanner()
  /** Markers of the message that is being read, so far. */
  copies = 0
  head: string | undefined = ''
  socket: Socket | undefined

  constructor(page: Page) {
    this.page = page
  }
}

/** All subscribers of a run. */
export class SubscriberPool {
  readonly #pages: readonly Page[]
  readonly #onMessage: (place: OrderPosition, number: number) => void
  readonly #copies: number
  readonly #subscribers: Subscriber[] = []
  // Shared: what is read is looked at before anything else is read.
  readonly #buffer = new Uint8Array(READ_BYTES)
  #closing = false
  /** Streams that the server ended. */
  endedByServer = 0
  bytesRead = 0

  /**
   * @param pages whose streams are read, in turn
   * @param take is told of each message that a subscriber gets
   * @param copies how often its text is in a message, one after the other
   */
  constructor(
    pages: readonly Page[],
    take: (place: OrderPosition, number: number) => void = () => {},
    copies = 1,
  ) {
    this.#pages = pages
    this.#onMessage = take
    this.#copies = copies
  }

  /** Resolves when so many more are subscribed. */
  async open(count: number): Promise<void> {
    let left = count
    const openSome = async () => {
      while (left-- > 0) await this.#subscribe()
    }
    await Promise.all(Array.from({ length: CONNECTING_MAX }, openSome))
  }

  /** Reads nothing more, or goes on. What comes meanwhile waits: in the kernel first, then in the server. */
  stall(stalled: boolean): void {
    for (const { socket } of this.#subscribers) {
      if (stalled) socket?.pause()
      else socket?.resume()
    }
  }

  /** Leaves at once; by a reset, so that no port stays behind for a minute. */
  close(): void {
    this.#closing = true
    for (const { socket } of this.#subscribers) socket?.resetAndDestroy()
  }

  #subscribe(): Promise<void> {
    const page = this.#pages[this.#subscribers.length % this.#pages.length]
    if (!page) throw new Error('There is no page whose stream could be read')
    const subscriber = new Subscriber(page)
    this.#subscribers.push(subscriber)
    return new Promise((resolve, reject) => {
      const found = (number: number) => {
        if (++subscriber.copies < this.#copies) return
        subscriber.copies = 0
        this.#onMessage(subscriber.position, number)
      }
      const read = (length: number, bytes: Uint8Array): boolean => {
        this.bytesRead += length
        if (subscriber.head !== undefined) this.#readHead(subscriber, bytes, length, resolve, reject)
        else subscriber.scanner.scan(bytes, length, found)
        return true
      }
      const socket = connect({
        host: '127.0.0.1',
        port: page.port,
        noDelay: true,
        onread: { buffer: this.#buffer, callback: read },
      })
      subscriber.socket = socket
      socket.once('connect', () => socket.write(formatStreamRequest(page)))
      socket.once('error', reject)
      socket.once('close', () => {
        if (!this.#closing) this.endedByServer++
        reject(new Error('The server closed a stream that was being opened'))
      })
    })
  }

  #readHead(
    subscriber: Subscriber,
    bytes: Uint8Array,
    length: number,
    resolve: () => void,
    reject: (error: Error) => void,
  ): void {
    const head = (subscriber.head ?? '') + Buffer.from(bytes.buffer, 0, length).toString('latin1')
    subscriber.head = head
    if (!head.includes('\r\n\r\n')) return
    const { protocol } = subscriber.page
    if (!head.startsWith(expectedStatusLine(protocol)))
      reject(new Error(`A stream was answered ${head.slice(0, 60)}`))
    const next = firstClientFrame(protocol)
    if (next) subscriber.socket?.write(next)
    // Nothing is posted before all have subscribed, so no message can stand beside the head.
    subscriber.head = undefined
    resolve()
  }
}
