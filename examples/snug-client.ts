// A client for one room of a Snug server, without dependencies. Node runs it as it is; browsers need the types removed.

import type { Message, RoomEvent, StreamNotice } from './snug-events.ts'

/** The server refused a request. The message is a sentence for people. */
export class RefusalError extends Error {
  readonly status: number
  /** Milliseconds to wait before a retry; undefined if a retry can't help. */
  readonly retryAfterMs: number | undefined

  constructor({ status, headers }: Response, body: string) {
    super(body.startsWith('{') ? parse<{ error: { message: string } }>(body).error.message : body.trim())
    const retryAfter = headers.get('Retry-After')
    this.status = status
    this.retryAfterMs =
      retryAfter !== null || status === 429 || status >= 500 ? (Number(retryAfter) || 0) * 1000 : undefined
  }
}

/** A page of another site asked without a token. The server does not let it read the answer. */
export class CrossOriginError extends Error {
  constructor(origin: string) {
    super(`The server does not answer to pages of ${origin}: they need a token.`)
  }
}

/** A heartbeat comes every 15 seconds. A connection that misses three is closed and made again. */
const IDLE_TIMEOUT_MS = 45_000
const RESPONSE_TIMEOUT_MS = 15_000
const RETRIES_MAX = 8
const BACKOFF_MIN_MS = 500
const BACKOFF_MAX_MS = 30_000

type Identity = { readonly token?: string | undefined; readonly name?: string | undefined }
type OptionalAbortSignal = AbortSignal | undefined
type FollowOptions = {
  readonly after?: string
  readonly signal?: AbortSignal
  readonly idleTimeoutMs?: number
}
type PostOptions = { readonly key?: string; readonly signal?: AbortSignal }
type RequestInput = { readonly body?: object | undefined; readonly headers?: Record<string, string> }

export class Room {
  readonly #url: string
  readonly #identity: Identity
  // Outside browsers. The cookies are the session, and a key prevents duplicates only within one session.
  readonly #cookies = new Map<string, string>()
  #session: Promise<void> | undefined

  /**
   * @param url `https://…/r/lobby`
   * @param identity a token, which has its own name; or a `name` to take. Without both, the server gives a name.
   */
  constructor(url: string, identity: Identity = {}) {
    this.#url = url.replace(/[/?#]*$/, '')
    this.#identity = identity
  }

  /**
   * Yields the events of the room until the room is deleted or `signal` aborts: those after the event `after`, or from
   * now on. A lost connection is made again and continues after the last event, or with a gap if it can't.
   * @throws RefusalError, CrossOriginError if a retry can't help
   */
  async *follow({ after, signal, idleTimeoutMs }: FollowOptions = {}): AsyncGenerator<RoomEvent, void> {
    let [cursor, resume] = [after, '']
    for (let failures = 0; !signal?.aborted; failures++) {
      let retry = 0
      try {
        await this.#ensureSession(signal)
        for await (const event of this.#readStream(cursor, resume, signal, idleTimeoutMs)) {
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
   * Posts a message. When the response is lost, it posts again with the same key, so that there is one message.
   * @throws RefusalError, or the last error of the network
   */
  async post(text: string, { key = randomKey(), signal }: PostOptions = {}): Promise<Message> {
    await this.#ensureSession(signal)
    return parse(await this.#requestWithRetries('/messages', { text, key }, signal))
  }

  /** Starts a session before the first request. A token needs no session. */
  #ensureSession(signal: OptionalAbortSignal): Promise<void> {
    const { token, name } = this.#identity
    const start = async () => {
      if (token === undefined) await this.#requestWithRetries('/people', undefined, signal)
      if (name !== undefined) await this.#requestWithRetries('/name', { name }, signal)
    }
    this.#session ??= start().catch((error) => {
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
        const response = await this.#fetch(path, { body }, AbortSignal.timeout(RESPONSE_TIMEOUT_MS), signal)
        return await response.text()
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
    idleTimeoutMs = IDLE_TIMEOUT_MS,
  ) {
    const stop = new AbortController()
    // Limits only the time of waiting: the caller may work on an event for longer.
    const withTimeout = async <Value>(promise: Promise<Value>) => {
      const watchdog = setTimeout(() => stop.abort(), idleTimeoutMs)
      return promise.finally(() => clearTimeout(watchdog))
    }
    const query = resume || (cursor === undefined ? '' : new URLSearchParams({ after: cursor }))
    const headers: Record<string, string> = resume && cursor !== undefined ? { 'Last-Event-ID': cursor } : {}
    try {
      const { body } = await withTimeout(
        this.#fetch(`/live.ndjson?${query}`, { headers }, stop.signal, signal),
      )
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
      for (let rest = ''; reader; ) {
        const { done, value } = await withTimeout(reader.read())
        if (done) return
        const lines = (rest + value).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) yield parse<RoomEvent | StreamNotice>(line)
      }
    } finally {
      stop.abort()
    }
  }

  /**
   * A browser does not tell a server that is away from one that refuses the page (CORS): both are a TypeError. Only the
   * second one can be reached without reading its answer.
   * @throws CrossOriginError, or the error
   */
  async #explainFailure(error: unknown, signal: AbortSignal): Promise<never> {
    const { location } = globalThis as { location?: { origin: string } }
    if (location !== undefined && location.origin !== new URL(this.#url).origin && !signal.aborted) {
      const probe = fetch(this.#url, { mode: 'no-cors', credentials: 'omit', signal })
      if (
        await probe.then(
          () => true,
          () => false,
        )
      )
        throw new CrossOriginError(location.origin)
    }
    throw error
  }

  async #fetch(
    path: string,
    { body, headers }: RequestInput,
    ...signals: OptionalAbortSignal[]
  ): Promise<Response> {
    const { token } = this.#identity
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ')
    const request = {
      credentials: token === undefined ? 'same-origin' : 'omit',
      headers: {
        Accept: 'application/json',
        ...headers,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        // Browsers set both of these themselves.
        ...(cookie !== '' && { Cookie: cookie, Origin: new URL(this.#url).origin }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
    } as const
    const response = await fetch(this.#url + path, request).catch((error) =>
      this.#explainFailure(error, request.signal),
    )
    for (const setCookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? []
      this.#cookies.set(name, value)
    }
    if (!response.ok) throw new RefusalError(response, await response.text())
    return response
  }
}

/**
 * @returns milliseconds to wait before a retry
 * @throws the error, if a retry can't help
 */
function retryDelayOf(error: unknown): number {
  if (error instanceof CrossOriginError) throw error
  if (!(error instanceof RefusalError)) return 0
  if (error.retryAfterMs === undefined) throw error
  return error.retryAfterMs
}

const parse = <Value>(json: string): Value => JSON.parse(json) as Value

const randomKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')

/** Jittered, so that not all clients reconnect at the same moment. */
const backoffDelay = (failures: number) =>
  Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** failures) * (0.5 + Math.random())

function sleep(ms: number, signal: OptionalAbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, signal?.aborted ? 0 : ms)
    signal?.addEventListener('abort', finish)
  })
}
