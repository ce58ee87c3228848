import { SseReader } from './sse-reader.ts'

/** An HTTP client that keeps cookies like a browser. */
export class Visitor {
  readonly #url: string
  readonly #cookies = new Map<string, string>()

  /** @param url URL of the server, without a slash at the end */
  constructor(url: string) {
    this.#url = url
  }

  /** The value of the Cookie header. */
  get cookie(): string {
    return [...this.#cookies].map((pair) => pair.join('=')).join('; ')
  }

  set cookie(value: string) {
    this.#cookies.clear()
    for (const pair of value.split('; ')) {
      const [name = '', text = ''] = pair.split(/=(.*)/)
      if (name !== '') this.#cookies.set(name, text)
    }
  }

  /** Gets a page, and keeps the cookies that it sets. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#storeCookies(
      await fetch(this.#url + path, {
        headers: this.#withCookies({ Accept: 'text/html', ...headers }),
        redirect: 'manual',
      }),
    )
  }

  /** Posts a form like a page of the server. */
  async post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#storeCookies(
      await fetch(this.#url + path, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: this.#withCookies({ Accept: 'text/html', Origin: this.#url, ...headers }),
        redirect: 'manual',
      }),
    )
  }

  /** Opens a room's page and then its stream, like the script of the page. */
  async enter(room: string): Promise<SseReader> {
    const html = await (await this.get(`/r/${room}`)).text()
    return this.follow(findStreamAddress(html))
  }

  /** Opens the stream at this path. */
  follow(path: string, headers: Record<string, string> = {}): Promise<SseReader> {
    return SseReader.open(this.#url + path, this.#withCookies(headers))
  }

  #withCookies(headers: Record<string, string>): Record<string, string> {
    return this.cookie === '' ? headers : { ...headers, Cookie: this.cookie }
  }

  #storeCookies(response: Response): Response {
    for (const set of response.headers.getSetCookie()) {
      const [name, value] = (set.split(';')[0] ?? '').split(/=(.*)/)
      if (/; Max-Age=0\b/.test(set)) this.#cookies.delete(name ?? '')
      else this.#cookies.set(name ?? '', value ?? '')
    }
    return response
  }
}

/** Finds the path of the stream in a room's page. */
export function findStreamAddress(html: string): string {
  const address = /data-stream="([^"]+)"/.exec(html)?.[1]
  if (address === undefined) throw new Error('This page has no stream')
  return address.replaceAll('&amp;', '&')
}
