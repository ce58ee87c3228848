import { HttpConnection } from './http-connection.ts'
import type { Page } from './page.ts'

const SEE_OTHER = 303

/** A connection that posts one message after the other, like the form of the room's page. */
export class PostConnection {
  readonly #connection: HttpConnection
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
    this.#connection = new HttpConnection(page.port)
  }

  /** Resolves with whether the message was accepted. Only one post may be in flight. */
  async post(number: number, text = `This is message number ${number}`): Promise<boolean> {
    return (await this.#connection.request(formatPostRequest(this.#page, number, text))) === SEE_OTHER
  }

  close(): void {
    this.#connection.close()
  }
}

/** The request that the form of a page sends. */
export function formatPostRequest(page: Page, number: number, text: string): string {
  const { postedBytes } = page
  const body =
    postedBytes === undefined
      ? new URLSearchParams({ text, key: `bench-${number}` }).toString()
      : text.padEnd(postedBytes, '.')
  const lines = [
    `POST ${page.path}/messages HTTP/1.1`,
    `Host: 127.0.0.1:${page.port}`,
    `Content-Type: ${postedBytes === undefined ? 'application/x-www-form-urlencoded' : 'text/plain'}`,
    `Content-Length: ${body.length}`,
    'Accept: text/html',
    `Cookie: ${page.cookie}`,
    `Origin: http://127.0.0.1:${page.port}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
