import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Format } from '../../chat/delivery/frames.ts'
import type { Subscriber } from '../../chat/delivery/subscriber.ts'
import { resetSocket } from '../http/reset-socket.ts'
import { type Chunk, LAST_CHUNK } from './chunk.ts'
import { streamHeaders } from './response-headers.ts'

/** A reader is cut if more than this still waits in the process when the next frame is due (P9). */
export const READER_MAX_BYTES = 256 * 1024

/** A reader is cut if something waits this long and none of it drains (P9). */
export const STALL_MS = 20_000

/** Watches streams with waiting bytes, to cut those that do not drain. */
export interface SlowReaders {
  watch(stream: Stream): void
  /** Counts one reader that was cut. */
  countCut(): void
}

/** The semi-private property where `node:net` keeps the current write. It may be missing. */
interface WritingSocket extends Socket {
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

/** One reader's open response: bounded writes of shared bytes. */
export class Stream implements Subscriber<Chunk> {
  readonly format: Format
  readonly tag: string | undefined
  readonly #socket: WritingSocket
  readonly #chunked: boolean
  readonly #slow: SlowReaders
  #drained = 0
  #queued = 0
  #drainedAt = 0

  /**
   * Writes the head of the response. From then on everything is written directly to the socket, past `node:http`.
   * @param slow watches this stream when bytes begin to wait
   * @param headers replace or extend the headers that all streams have
   * @param tag the reader's own tag, if the reader is alerted of mentions
   */
  constructor(
    response: ServerResponse,
    socket: Socket,
    format: Format,
    contentType: string,
    slow: SlowReaders,
    headers: Readonly<Record<string, string>> = {},
    tag?: string,
  ) {
    this.format = format
    this.tag = tag
    this.#socket = socket
    this.#slow = slow
    // Stalls are detected in `drained()`; an idle stream is normal.
    socket.setTimeout(0)
    // Nothing follows a stream on its connection, so it must not announce `keep-alive`.
    response.shouldKeepAlive = false
    response.writeHead(200, { ...streamHeaders(format, contentType), ...headers })
    response.flushHeaders()
    this.#chunked = response.chunkedEncoding
  }

  send(chunk: Chunk): void {
    // The stream may have ended while the caller waited for a read. An empty chunk would end the body.
    if (!this.#socket.writable || chunk.payload.length === 0) return
    const waiting = this.#socket.writableLength
    if (waiting > READER_MAX_BYTES) {
      this.cut()
      return
    }
    this.#socket.write(this.#chunked ? chunk.chunked : chunk.payload)
    if (waiting === 0 && this.#socket.writableLength > 0) this.#slow.watch(this)
  }

  /**
   * Resolves at once while less waits than the socket's high-water mark; else when the kernel has taken everything, or
   * the socket has closed.
   */
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

  /**
   * Whether the reader has taken everything. Cuts a reader that has taken nothing for `STALL_MS`.
   * @param now milliseconds of the elapsed clock
   */
  drained(now: number): boolean {
    const waiting = this.#socket.writableLength
    if (waiting === 0 || this.#socket.destroyed) {
      this.#drainedAt = 0
      return true
    }
    const drained = this.#socket.bytesWritten - waiting
    // A long message is one write. A slow reader takes it in parts, which only the size of the queue shows.
    const queued = this.#socket._handle?.writeQueueSize ?? 0
    if (this.#drainedAt === 0 || drained > this.#drained || queued < this.#queued) {
      this.#drained = drained
      this.#queued = queued
      this.#drainedAt = now
    } else if (now - this.#drainedAt >= STALL_MS) this.cut()
    return false
  }

  /** Ends the response after everything that was sent. */
  end(): void {
    if (!this.#socket.writable) return
    if (this.#chunked) this.#socket.write(LAST_CHUNK)
    this.#socket.destroySoon()
  }

  /**
   * Resets the connection of a slow reader, who comes back with its cursor. Without a reset the kernel would keep
   * megabytes for a reader that takes nothing.
   */
  cut(): void {
    this.#slow.countCut()
    resetSocket(this.#socket)
  }

  /** Closes the connection. What waits in the process is lost; what the kernel has taken is still sent. */
  close(): void {
    this.#socket.destroy()
  }
}
