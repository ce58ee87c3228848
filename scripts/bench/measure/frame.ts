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

/** Contains characters that HTML escapes: its size is that of the escaped text in HTML, else of the text as typed. */
const TEXT_END = 'for everybody who is here'
const TEXT = `tea & biscuits, <b>not</b> bold, ${TEXT_END}`
const ESCAPED = TEXT.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A message has arrived completely when nothing more arrives for this time. */
const QUIET_MS = 250
const POLL_MS = 20
const DELIVERY_TIMEOUT_MS = 10_000

/** Measures the bytes that a reader receives for one message, in each format. */
export async function measureFrame({ environment }: BenchContext): Promise<Round> {
  const server = await environment.startSnug(Object.keys(FORMATS).length)
  try {
    const page = await openPage(server.port)
    await takeName(page)
    const recorders = Object.entries(FORMATS).map(([format, stream]) => ({
      format,
      recorder: new StreamRecorder(page, stream),
    }))
    const waitForAll = (text: string) =>
      Promise.all(recorders.map(({ recorder }) => recorder.waitForQuietAfter(text)))
    const connection = new PostConnection(page)
    // The first message of an author can have a larger frame than the next ones.
    await waitForAll('')
    await connection.post(1, FIRST_TEXT)
    await waitForAll(FIRST_TEXT)
    for (const { recorder } of recorders) recorder.clear()
    await connection.post(2, TEXT)
    await waitForAll(TEXT_END)
    connection.close()
    const snug: Record<string, number> = {}
    const wholeFrame: Record<string, number> = {}
    for (const { format, recorder } of recorders) {
      const frame = dechunk(recorder.bytes)
      const text = Buffer.byteLength(frame.includes(ESCAPED) ? ESCAPED : TEXT)
      snug[`${format}, bytes`] = frame.length - text - NAME.length
      wholeFrame[`${format}, bytes`] = frame.length
      recorder.close()
    }
    return { snug, baselines: { 'whole frame': wholeFrame satisfies Figures } }
  } finally {
    await server.child.stop()
  }
}

/** The content of a chunked body. */
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

/** Records all bytes of a stream. */
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

  /** Resolves when the text has arrived, and nothing more arrives. */
  async waitForQuietAfter(text: string): Promise<void> {
    const began = performance.now()
    while (!this.bytes.includes(text) || performance.now() - this.#lastReceivedAt < QUIET_MS) {
      if (performance.now() - began > DELIVERY_TIMEOUT_MS)
        throw new Error('A posted message did not arrive on a stream')
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
    throw new Error(`Taking a name was answered with ${response.status}`)
}
