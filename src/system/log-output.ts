import { write, writeSync } from 'node:fs'

/** Characters that wait for a reader of the log who is slow. Later lines are dropped. */
const WAITING_MAX = 1024 * 1024

/** A pipe that is full is tried again after this long. */
const RETRY_MS = 100

/**
 * Writes the log to a file descriptor, without waiting for its reader. It never throws: a log on a full disk or on a
 * closed terminal loses lines, and the server goes on. (The destination of pino throws, and when the process exits it
 * tries for ever.)
 */
export class LogOutput {
  readonly #fd: number
  #waiting = ''
  // True also while a full pipe is about to be tried again.
  #writing = false

  constructor(fd: number) {
    this.#fd = fd
  }

  write(line: string): void {
    if (this.#waiting.length + line.length > WAITING_MAX) return
    this.#waiting += line
    if (!this.#writing) this.#writeWaiting()
  }

  /** Writes what waits, for the end of the process. */
  flush(): void {
    const bytes = Buffer.from(this.#waiting)
    this.#waiting = ''
    try {
      for (let sent = 0; sent < bytes.length; ) sent += writeSync(this.#fd, bytes, sent)
    } catch {
      // Nobody is left to be told.
    }
  }

  #writeWaiting(): void {
    const bytes = Buffer.from(this.#waiting)
    this.#waiting = ''
    this.#writing = bytes.length > 0
    if (this.#writing) this.#writeBytes(bytes)
  }

  #writeBytes(bytes: Buffer): void {
    write(this.#fd, bytes, (error, sent) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#writeBytes(bytes), RETRY_MS).unref()
      else if (!error && sent < bytes.length) this.#writeBytes(bytes.subarray(sent))
      else this.#writeWaiting()
    })
  }
}
