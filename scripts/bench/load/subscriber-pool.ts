import { connect, type Socket } from 'node:net'
import type { OrderPosition } from './delivery-order.ts'
import { MarkerScanner } from './marker.ts'
import type { Page } from './page.ts'
import { expectedStatusLine, firstClientFrame, formatStreamRequest } from './stream-request.ts'

/** Connections opened concurrently. The server's listen backlog must not matter. */
const CONNECTING_MAX = 64

const READ_BYTES = 64 * 1024

/** One open stream, read from a bare socket. */
class Subscriber {
  readonly page: Page
  readonly position: OrderPosition = { next: 0, skipped: undefined }
  readonly scanner = new MarkerScanner()
  /** Markers found so far of the current message. */
  copies = 0
  /** The response head read so far; undefined when it is complete. */
  head: string | undefined = ''
  socket: Socket | undefined

  constructor(page: Page) {
    this.page = page
  }
}

/** The subscribers of a run. */
export class SubscriberPool {
  readonly #pages: readonly Page[]
  readonly #onMessage: (position: OrderPosition, number: number) => void
  readonly #copies: number
  readonly #subscribers: Subscriber[] = []
  // Shared by all sockets: the callback consumes each read before the next one.
  readonly #buffer = new Uint8Array(READ_BYTES)
  #closing = false
  /** Streams that the server ended. */
  endedByServer = 0
  bytesRead = 0

  /**
   * @param pages subscribers read their streams in turn
   * @param onMessage called for each message that a subscriber receives
   * @param copies how often a frame contains the message's text
   */
  constructor(
    pages: readonly Page[],
    onMessage: (position: OrderPosition, number: number) => void = () => {},
    copies = 1,
  ) {
    this.#pages = pages
    this.#onMessage = onMessage
    this.#copies = copies
  }

  /** Opens more streams. Resolves when all of them are open. */
  async open(count: number): Promise<void> {
    let remaining = count
    const openSome = async () => {
      while (remaining-- > 0) await this.#subscribe()
    }
    await Promise.all(Array.from({ length: CONNECTING_MAX }, openSome))
  }

  /** Pauses or resumes reading. Meanwhile bytes are buffered, in the kernel first and then in the server. */
  stall(stalled: boolean): void {
    for (const { socket } of this.#subscribers) {
      if (stalled) socket?.pause()
      else socket?.resume()
    }
  }

  /** Closes all streams with a reset, because a regular close would occupy the port for a minute (TIME_WAIT). */
  close(): void {
    this.#closing = true
    for (const { socket } of this.#subscribers) socket?.resetAndDestroy()
  }

  #subscribe(): Promise<void> {
    const page = this.#pages[this.#subscribers.length % this.#pages.length]
    if (!page) throw new Error('There is no page to subscribe to')
    const subscriber = new Subscriber(page)
    this.#subscribers.push(subscriber)
    return new Promise((resolve, reject) => {
      const onNumber = (number: number) => {
        if (++subscriber.copies < this.#copies) return
        subscriber.copies = 0
        this.#onMessage(subscriber.position, number)
      }
      const read = (length: number, bytes: Uint8Array): boolean => {
        this.bytesRead += length
        if (subscriber.head !== undefined) this.#readHead(subscriber, bytes, length, resolve, reject)
        else subscriber.scanner.scan(bytes, length, onNumber)
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
        reject(new Error('The server closed a stream while it was being opened'))
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
      reject(new Error(`A stream was answered with ${head.slice(0, 60)}`))
    const frame = firstClientFrame(protocol)
    if (frame) subscriber.socket?.write(frame)
    // Nothing is posted before all have subscribed, so no message can follow the head in the same read.
    subscriber.head = undefined
    resolve()
  }
}
