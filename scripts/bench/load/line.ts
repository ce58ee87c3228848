import { connect, type Socket } from 'node:net'

/** The end of a chunked answer. */
const LAST_CHUNK = '\r\n0\r\n\r\n'

/** A connection on which one request follows the other. */
export class Line {
  readonly #socket: Socket
  #answer = ''
  #answered: (status: number) => void = () => {}

  /** Written to and read from bare: `node:http` as a client takes longer for a request than the server does. */
  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('latin1')
    this.#socket.on('data', (text: string) => this.#read(text))
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => this.#answered(0))
  }

  /** Resolves with the answer's status, 0 where none comes. Nothing else may be under way. */
  ask(request: string): Promise<number> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve(0)
      this.#answered = resolve
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#answer += text
    if (!isWhole(this.#answer)) return
    const status = Number(this.#answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
    this.#answer = ''
    this.#answered(status)
  }
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1]
  return length === undefined ? answer.endsWith(LAST_CHUNK) : answer.length >= end + 4 + Number(length)
}
