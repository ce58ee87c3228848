// One room of a Snug server, for programs: in Node as it is, in browsers without its types. It needs nothing else.

import type { Message, RoomEvent, StreamNotice } from './snug-events.ts'

/** The server said no, with a sentence for people. */
export class RefusalError extends Error {
  readonly status: number
  /** Milliseconds after which to ask again; undefined where that is of no use. */
  readonly retryAfterMs: number | undefined

  constructor({ status, headers }: Response, body: string) {
    super(body.startsWith('{') ? parse<{ error: { message: string } }>(body).error.message : body.trim())
    const wait = headers.get('Retry-After')
    this.status = status
    this.retryAfterMs =
      wait !== null || status === 429 || status >= 500 ? (Number(wait) || 0) * 1000 : undefined
  }
}

/** Signs of life come every 15 seconds: a connection on which three did not come is given up. */
const IDLE_TIMEOUT_MS = 45_000
const RESPONSE_TIMEOUT_MS = 15_000
const RETRIES_MAX = 8
const BACKOFF_MIN_MS = 500
const BACKOFF_MAX_MS = 30_000

type Identity = { readonly token?: string | undefined; readonly name?: string | undefined }
type OptionalAbortSignal = AbortSignal | undefined
type FollowOptions = { readonly after?: string; readonly signal?: AbortSignal; readonly silence?: number }
type PostOptions = { readonly key?: string; readonly signal?: AbortSignal }
type RequestInput = { readonly body?: object | undefined; readonly headers?: Record<string, string> }

export class Room {
  readonly #url: string
  readonly #identity: Identity
  // Where no browser keeps them. They are the session, and a key makes one message only in one session.
  readonly #cookies = new Map<string, string>()
  #session: Promise<void> | undefined

  /** @param url `https://…/r/lobby`. @param who a token has its name; without one, `name` is taken, or one is given. */
  constructor(url: string, who: Identity = {}) {
    this.#url = url.replace(/[/?#]*$/, '')
    this.#identity = who
  }

  /**
   * What happens in the room, behind the event `after` or from now on, until it is deleted or `signal` aborts. A lost
   * connection is made again and goes on behind what came last, or says by a gap that it can't.
   * @throws Refused for what waiting does not mend
   */
  async *follow({ after, signal, silence }: FollowOptions = {}): AsyncGenerator<RoomEvent, void> {
    let [cursor, resume] = [after, '']
    for (let failures = 0; !signal?.aborted; failures++) {
      let retry = 0
      try {
        await this.#ensureSession(signal)
        for await (const event of this.#readStream(cursor, resume, signal, silence)) {
          if (event.kind === 'resume') resume = event.query
          else if (event.kind === 'closed') return yield event
          else if ('retry' in event) retry = event.retry
          else if (event.kind !== 'beat') {
            if (event.kind === 'open') failures = 0
            if ('id' in event) cursor = event.id
            if ('cursor' in event) cursor = event.cursor
            yield event
          }
        }
      } catch (error) {
        if (!signal?.aborted) retry = retryDelayOf(error)
      }
      await sleep(Math.max(retry, backoffDelay(failures)), signal)
    }
  }

  /**
   * Says something; where the answer is lost, again with the same key, which makes it one message.
   * @throws Refused, or what the network said last
   */
  async post(text: string, { key = randomKey(), signal }: PostOptions = {}): Promise<Message> {
    await this.#ensureSession(signal)
    return parse(await this.#requestWithRetries('/messages', { text, key }, signal))
  }

  /** Begins a session, once; a token needs none. */
  #ensureSession(signal: OptionalAbortSignal): Promise<void> {
    const { token, name } = this.#identity
    const begin = async () => {
      if (token === undefined) await this.#requestWithRetries('/people', undefined, signal)
      if (name !== undefined) await this.#requestWithRetries('/name', { name }, signal)
    }
    this.#session ??= begin().catch((error) => {
      this.#session = undefined
      throw error
    })
    return this.#session
  }

  async #requestWithRetries(
    path: string,
    body: object | undefined,
    signal: OptionalAbortSignal,
  ): Promise<string> {
    for (let failures = 0; ; failures++) {
      try {
        const answer = await this.#fetch(path, { body }, AbortSignal.timeout(RESPONSE_TIMEOUT_MS), signal)
        return await answer.text()
      } catch (error) {
        if (signal?.aborted || failures === RETRIES_MAX) throw error
        await sleep(Math.max(retryDelayOf(error), backoffDelay(failures)), signal)
      }
    }
  }

  async *#readStream(
    cursor: string | undefined,
    resume: string,
    signal: OptionalAbortSignal,
    silence = IDLE_TIMEOUT_MS,
  ) {
    const stop = new AbortController()
    // Only while it is waited for: how long somebody works on an event says nothing of the connection.
    const soon = async <Value>(what: Promise<Value>) => {
      const watchdog = setTimeout(() => stop.abort(), silence)
      return what.finally(() => clearTimeout(watchdog))
    }
    const query = resume || (cursor === undefined ? '' : new URLSearchParams({ after: cursor }))
    const headers = resume && cursor !== undefined ? { 'Last-Event-ID': cursor } : {}
    try {
      const { body } = await soon(this.#fetch(`/live.ndjson?${query}`, { headers }, stop.signal, signal))
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
      for (let rest = ''; reader; ) {
        const { done, value } = await soon(reader.read())
        if (done) return
        const lines = (rest + value).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) yield parse<RoomEvent | StreamNotice>(line)
      }
    } finally {
      stop.abort()
    }
  }

  async #fetch(
    path: string,
    { body, headers }: RequestInput,
    ...ends: OptionalAbortSignal[]
  ): Promise<Response> {
    const { token } = this.#identity
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(this.#url + path, {
      credentials: token === undefined ? 'same-origin' : 'omit',
      headers: {
        Accept: 'application/json',
        ...headers,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        // Browsers bring both of these themselves.
        ...(cookie !== '' && { Cookie: cookie, Origin: new URL(this.#url).origin }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.any(ends.filter((end) => end !== undefined)),
    })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      this.#cookies.set(name, value)
    }
    if (!response.ok) throw new RefusalError(response, await response.text())
    return response
  }
}

/** Milliseconds. @throws what waiting does not mend */
function retryDelayOf(error: unknown): number {
  if (!(error instanceof RefusalError)) return 0
  if (error.retryAfterMs === undefined) throw error
  return error.retryAfterMs
}

const parse = <Value>(json: string): Value => JSON.parse(json) as Value

const randomKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')

/** Jittered, so that not all come back in one moment. */
const backoffDelay = (failures: number) =>
  Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** failures) * (0.5 + Math.random())

function sleep(ms: number, signal: OptionalAbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, signal?.aborted ? 0 : ms)
    signal?.addEventListener('abort', over)
  })
}
