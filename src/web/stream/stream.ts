import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Format } from '../../chat/delivery/frames.ts'
import type { Subscriber } from '../../chat/delivery/subscriber.ts'
import { READ_ONLY_POLICY } from '../http/headers.ts'
import { type Chunk, LAST_CHUNK } from './chunk.ts'

/** A reader is cut when another frame is due and this much still waits in the process. */
export const READER_MAX_BYTES = 256 * 1024

/** A reader is cut when something waits this long and none of it drains. */
export const STALL_MS = 20_000

/** Looks again and again at streams in which something waits. */
export interface SlowReaders {
  watch(stream: Stream): void
  /** One was cut. */
  countCut(): void
}

/** What `node:net` keeps of a write under way, as far as this file leans on it: semi-private, so it may be missing. */
interface WritingSocket extends Socket {
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

/** One reader's open response: bounded writes of shared bytes. */
export class Stream implements Subscriber<Chunk> {
  readonly format: Format
  readonly #socket: WritingSocket
  readonly #chunked: boolean
  readonly #slow: SlowReaders
  #drained = 0
  #queued = 0
  #drainedAt = 0

  /**
   * Writes the head of the response. From here on the socket is written directly, past `node:http`.
   * @param slow is told when bytes begin to wait
   * @param headers that differ from those of all streams
   */
  constructor(
    response: ServerResponse,
    socket: Socket,
    format: Format,
    contentType: string,
    slow: SlowReaders,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.format = format
    this.#socket = socket
    this.#slow = slow
    // How long something may wait here is looked at by itself, and that nothing does is as it should be.
    socket.setTimeout(0)
    response.writeHead(200, {
      'Content-Type': contentType,
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
      'Content-Security-Policy': format === 'html' ? LIVE_PAGE_POLICY : DATA_STREAM_POLICY,
      ...headers,
    })
    response.flushHeaders()
    this.#chunked = response.chunkedEncoding
  }

  send(parcel: Chunk): void {
    // An empty chunk would end the body; and it may have ended while something was looked up.
    if (!this.#socket.writable || parcel.payload.length === 0) return
    const waiting = this.#socket.writableLength
    if (waiting > READER_MAX_BYTES) {
      this.cut()
      return
    }
    this.#socket.write(this.#chunked ? parcel.chunked : parcel.payload)
    if (waiting === 0 && this.#socket.writableLength > 0) this.#slow.watch(this)
  }

  /** Resolves at once until a good part of what may wait does, and then when the kernel has taken all of it. */
  ready(): Promise<void> {
    const socket = this.#socket
    if (!socket.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
  }

  /** Whether the reader has taken everything; cuts one that has taken nothing for too long. */
  drained(now: number): boolean {
    const waiting = this.#socket.writableLength
    if (waiting === 0 || this.#socket.destroyed) {
      this.#drainedAt = 0
      return true
    }
    const drained = this.#socket.bytesWritten - waiting
    // A long message is one write, which a slow line takes a part of at a time.
    const queued = this.#socket._handle?.writeQueueSize ?? 0
    if (this.#drainedAt === 0 || drained > this.#drained || queued < this.#queued) {
      this.#drained = drained
      this.#queued = queued
      this.#drainedAt = now
    } else if (now - this.#drainedAt >= STALL_MS) this.cut()
    return false
  }

  /** Ends the response after what was sent. */
  end(): void {
    if (!this.#socket.writable) return
    if (this.#chunked) this.#socket.write(LAST_CHUNK)
    this.#socket.destroySoon()
  }

  /**
   * Ends the connection of a slow reader, who comes back with its cursor. By a reset: else the kernel goes on keeping
   * megabytes for somebody who takes nothing.
   */
  cut(): void {
    this.#slow.countCut()
    this.#socket.resetAndDestroy()
  }

  /** Ends the connection after what the kernel has taken. */
  close(): void {
    this.#socket.destroy()
  }
}

const LIVE_PAGE_POLICY = `${READ_ONLY_POLICY}; frame-ancestors 'self'`
const DATA_STREAM_POLICY = "default-src 'none'; frame-ancestors 'none'"
