import { connect, type Socket } from 'node:net'
import { ROOM_PATH } from './page.ts'

/** The end of a chunked answer, of which the answer to a form has nothing else. */
const LAST_CHUNK = '\r\n0\r\n\r\n'

/** A connection on which one message is posted after the other, as the form of the room's page does. */
export class PostLine {
  readonly #socket: Socket
  readonly #port: number
  readonly #cookie: string
  readonly #path: string
  #answer = ''
  #answered: (taken: boolean) => void = () => {}

  /** Written to and read from bare: `node:http` as a client takes longer for a post than the server does. */
  constructor(port: number, cookie: string, path = ROOM_PATH) {
    this.#path = path
    this.#port = port
    this.#cookie = cookie
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('latin1')
    this.#socket.on('data', (text: string) => this.#read(text))
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => this.#answered(false))
  }

  /** Resolves with whether the message was taken. Nothing else may be under way. */
  post(number: number, text = `This is message number ${number}`): Promise<boolean> {
    const form = new URLSearchParams({ text, key: `bench-${number}` }).toString()
    const lines = [
      `POST ${this.#path}/messages HTTP/1.1`,
      `Host: 127.0.0.1:${this.#port}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${form.length}`,
      'Accept: text/html',
      `Cookie: ${this.#cookie}`,
      `Origin: http://127.0.0.1:${this.#port}`,
    ]
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve(false)
      this.#answered = resolve
      this.#socket.write(`${lines.join('\r\n')}\r\n\r\n${form}`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#answer += text
    if (!isWhole(this.#answer)) return
    const taken = this.#answer.startsWith('HTTP/1.1 303 ')
    this.#answer = ''
    this.#answered(taken)
  }
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1]
  return length === undefined ? answer.endsWith(LAST_CHUNK) : answer.length >= end + 4 + Number(length)
}
