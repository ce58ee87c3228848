import { connect, type Socket } from 'node:net'

/** The end of a chunked response. */
const LAST_CHUNK = '\r\n0\r\n\r\n'

/** A keep-alive connection for one request after the other. */
export class HttpConnection {
  readonly #socket: Socket
  #response = ''
  #onResponse: (status: number) => void = () => {}

  /** Uses the bare socket: the client of `node:http` takes longer for a request than the server. */
  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('latin1')
    this.#socket.on('data', (text: string) => this.#read(text))
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => this.#onResponse(0))
  }

  /** Resolves with the status of the response, or 0 without a response. Only one request may be in flight. */
  request(request: string): Promise<number> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve(0)
      this.#onResponse = resolve
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#response += text
    if (!isComplete(this.#response)) return
    const status = Number(this.#response.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
    this.#response = ''
    this.#onResponse(status)
  }
}

function isComplete(response: string): boolean {
  const end = response.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(response)?.[1]
  return length === undefined ? response.endsWith(LAST_CHUNK) : response.length >= end + 4 + Number(length)
}
