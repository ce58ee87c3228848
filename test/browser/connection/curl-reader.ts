import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { eventually } from '../../support/eventually.ts'
import type { TestScope } from '../../support/process/snug-process.ts'

const CURL = process.env.CURL ?? 'curl'

/**
 * Posts a message with curl, like a member at a terminal. A busy server refuses a post that would wait too long: curl
 * repeats it, with its key, so that it stays one message.
 */
export async function postWithCurl(room: string, message: string): Promise<void> {
  const fields = ['-d', `text=${message}`, '-d', `key=${randomUUID()}`]
  const retry = ['--retry', '10', '--retry-delay', '1']
  const curl = spawn(CURL, ['-sS', '--fail-with-body', ...retry, ...fields, `${room}/messages`])
  const outputs = Promise.all([text(curl.stdout), text(curl.stderr)])
  const [code] = await once(curl, 'close')
  assert.equal(code, 0, (await outputs).join(''))
}

interface HistoryPage {
  readonly messages: readonly { readonly id: string; readonly text: string }[]
  readonly before: string | null
}

/**
 * Follows a kept room with `curl -N …/live.txt` until the test ends. The lines have no ids: when curl ends, the reader
 * finds the id of the last line in the room's history, and starts curl again after it.
 */
export class CurlReader {
  /** How many times curl was started. */
  started = 0
  readonly #room: string
  readonly #history: string
  #text = ''
  #connected = false
  #following: Promise<void> | undefined
  #curl: ChildProcess | undefined
  #stopped = false

  private constructor(room: string, history: string) {
    this.#room = room
    this.#history = history
  }

  /**
   * @param room URL of the room
   * @param history URL of the room for requests of the history
   */
  static async follow(t: TestScope, room: string, history = room): Promise<CurlReader> {
    const reader = new CurlReader(room, history)
    reader.#following = reader.#follow()
    t.after(() => reader.end())
    await eventually(async () => assert.ok(reader.#connected, 'curl has no response yet'))
    return reader
  }

  async end(): Promise<void> {
    this.#stopped = true
    this.#curl?.kill('SIGKILL')
    await this.#following
  }

  /** The texts of all complete lines. */
  get texts(): string[] {
    const complete = this.#text.slice(0, this.#text.lastIndexOf('\n') + 1)
    return [...complete.matchAll(/^\r*\d\d:\d\d [^:\n]+: (.*)$/gm)].map(([, line = '']) => line)
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      this.started++
      const after = await this.#lastId().catch((error) => {
        if (!this.#stopped) throw error
      })
      if (this.#stopped) return
      // An incomplete last line is dropped: it comes again.
      this.#text = this.#text.slice(0, this.#text.lastIndexOf('\n') + 1)
      const query = after === undefined ? '' : `?after=${after}`
      this.#curl = spawn(CURL, ['-sSNv', `${this.#room}/live.txt${query}`])
      this.#curl.stdout?.setEncoding('utf8').on('data', (chunk) => {
        this.#text += chunk
      })
      let output = ''
      // The expected line may come in several pieces.
      this.#curl.stderr?.setEncoding('utf8').on('data', (piece) => {
        if (this.#connected) return
        output += piece
        this.#connected = /^< HTTP\/1.1 200/m.test(output)
      })
      await once(this.#curl, 'close')
    }
  }

  async #lastId(): Promise<string | undefined> {
    const last = this.texts.at(-1)
    if (last === undefined) return undefined
    let before = ''
    for (;;) {
      const page = await this.#readHistory(before)
      const found = page.messages.findLast((message) => message.text === last)
      if (found) return found.id
      if (page.before === null) throw new Error(`The history does not contain ${last}`)
      before = `&before=${page.before}`
    }
  }

  async #readHistory(before: string): Promise<HistoryPage> {
    const url = `${this.#history}/messages?limit=100${before}`
    const curl = spawn(CURL, ['-sS', '-H', 'Accept: application/json', url])
    curl.stderr.resume()
    return JSON.parse(await text(curl.stdout))
  }
}
