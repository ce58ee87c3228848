import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Figures, Round } from '../figures.ts'
import { openPage, type Page } from '../load/page.ts'
import { PostConnection } from '../load/post-connection.ts'
import { formatStreamRequest } from '../load/stream-request.ts'
import type { BenchContext } from './bench-context.ts'

const FORMATS = {
  htmx: 'events',
  html: 'live.html',
  json: 'live.json',
  ndjson: 'live.ndjson',
  txt: 'live.txt',
}

const NAME = 'Quiet Otter'

const FIRST_TEXT = 'Hello, is there tea?'

/** With what is escaped: the text counts as it is in HTML, and in the formats of programs as it was typed. */
const TEXT_END = 'for everybody who is here'
const TEXT = `tea & biscuits, <b>not</b> bold, ${TEXT_END}`
const ESCAPED = TEXT.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Nothing more comes of a message when nothing came for so long. */
const QUIET_MS = 250
const POLL_MS = 20
const DELIVERY_TIMEOUT_MS = 10_000

/** What goes to a reader of one message, in each format. */
export async function measureFrame({ environment }: BenchContext): Promise<Round> {
  const server = await environment.startSnug(Object.keys(FORMATS).length)
  try {
    const page = await openPage(server.port)
    await takeName(page)
    const taps = Object.entries(FORMATS).map(([format, stream]) => ({
      format,
      tap: new StreamRecorder(page, stream),
    }))
    const arrived = (word: string) => Promise.all(taps.map(({ tap }) => tap.waitForQuietAfter(word)))
    const line = new PostConnection(page)
    // The first of an author may say more than those that follow.
    await arrived('')
    await line.post(1, FIRST_TEXT)
    await arrived(FIRST_TEXT)
    for (const { tap } of taps) tap.clear()
    await line.post(2, TEXT)
    await arrived(TEXT_END)
    line.close()
    const snug: Record<string, number> = {}
    const whole: Record<string, number> = {}
    for (const { format, tap } of taps) {
      const frame = dechunk(tap.bytes)
      const text = Buffer.byteLength(frame.includes(ESCAPED) ? ESCAPED : TEXT)
      snug[`${format}, bytes`] = frame.length - text - NAME.length
      whole[`${format}, bytes`] = frame.length
      tap.close()
    }
    return { snug, baselines: { 'whole frame': whole satisfies Figures } }
  } finally {
    await server.child.stop()
  }
}

/** What is in the chunks of a body. */
export function dechunk(bytes: Buffer): Buffer {
  const contents: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const head = bytes.indexOf('\r\n', at) + 2
    const size = Number.parseInt(bytes.toString('latin1', at, head), 16)
    contents.push(bytes.subarray(head, head + size))
    at = head + size + 2
  }
  return Buffer.concat(contents)
}

/** All that comes on a stream. */
class StreamRecorder {
  readonly #socket: ReturnType<typeof connect>
  bytes: Buffer = Buffer.alloc(0)
  #lastReceivedAt = performance.now()

  constructor(page: Page, stream: string) {
    this.#socket = connect({ host: '127.0.0.1', port: page.port })
    this.#socket.write(formatStreamRequest({ ...page, stream: page.stream.replace('/events', `/${stream}`) }))
    this.#socket.on('data', (bytes) => {
      this.bytes = Buffer.concat([this.bytes, Buffer.from(bytes)])
      this.#lastReceivedAt = performance.now()
    })
  }

  /** Resolves when the word has come, and nothing more comes. */
  async waitForQuietAfter(word: string): Promise<void> {
    const began = performance.now()
    while (!this.bytes.includes(word) || performance.now() - this.#lastReceivedAt < QUIET_MS) {
      if (performance.now() - began > DELIVERY_TIMEOUT_MS)
        throw new Error('A stream does not bring what was posted')
      await wait(POLL_MS)
    }
  }

  clear(): void {
    this.bytes = Buffer.alloc(0)
    this.#lastReceivedAt = performance.now()
  }

  close(): void {
    this.#socket.destroy()
  }
}

async function takeName({ port, path, cookie }: Page): Promise<void> {
  const origin = `http://127.0.0.1:${port}`
  const response = await fetch(`${origin}${path}/name`, {
    method: 'POST',
    body: new URLSearchParams({ name: NAME }),
    headers: { Cookie: cookie, Origin: origin },
    redirect: 'manual',
  })
  await response.text()
  if (response.status !== 200 && response.status !== 303)
    throw new Error(`Taking a name was answered ${response.status}`)
}
