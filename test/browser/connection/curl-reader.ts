import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { eventually } from '../../support/eventually.ts'
import type { TestScope } from '../../support/process/snug-process.ts'

const CURL = process.env.CURL ?? 'curl'

/** Says something by curl, as somebody at a terminal does. */
export async function postWithCurl(room: string, said: string): Promise<void> {
  const curl = spawn(CURL, ['-sS', '--fail-with-body', '-d', `text=${said}`, `${room}/messages`])
  const answers = Promise.all([text(curl.stdout), text(curl.stderr)])
  const [code] = await once(curl, 'close')
  assert.equal(code, 0, (await answers).join(''))
}

interface HistoryPage {
  readonly messages: readonly { readonly id: string; readonly text: string }[]
  readonly before: string | null
}

/**
 * Somebody who follows a kept room by `curl -N …/live.txt` until the test ends. Its lines have no ids: when curl ends, the
 * room's history tells that of the last line, and curl is started again behind it.
 */
export class CurlReader {
  /** How often curl was started. */
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
   * @param room its whole address
   * @param history the same, where the history is asked for
   */
  static async follow(t: TestScope, room: string, history = room): Promise<CurlReader> {
    const reader = new CurlReader(room, history)
    reader.#following = reader.#follow()
    t.after(() => reader.end())
    await eventually(async () => assert.ok(reader.#connected, 'curl has no answer yet'))
    return reader
  }

  async end(): Promise<void> {
    this.#stopped = true
    this.#curl?.kill('SIGKILL')
    await this.#following
  }

  /** What was said, of all the lines that are whole. */
  get texts(): string[] {
    const whole = this.#text.slice(0, this.#text.lastIndexOf('\n') + 1)
    return [...whole.matchAll(/^\r*\d\d:\d\d [^:\n]+: (.*)$/gm)].map(([, said = '']) => said)
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      this.started++
      const after = await this.#lastId().catch((error) => {
        if (!this.#stopped) throw error
      })
      if (this.#stopped) return
      // What is of a line that broke off is not there: it comes again.
      this.#text = this.#text.slice(0, this.#text.lastIndexOf('\n') + 1)
      const query = after === undefined ? '' : `?after=${after}`
      this.#curl = spawn(CURL, ['-sSNv', `${this.#room}/live.txt${query}`])
      this.#curl.stdout?.setEncoding('utf8').on('data', (chunk) => {
        this.#text += chunk
      })
      let told = ''
      // In pieces of any size: also the line that is looked for.
      this.#curl.stderr?.setEncoding('utf8').on('data', (piece) => {
        if (this.#connected) return
        told += piece
        this.#connected = /^< HTTP\/1.1 200/m.test(told)
      })
      await once(this.#curl, 'close')
    }
  }

  async #lastId(): Promise<string | undefined> {
    const last = this.texts.at(-1)
    if (last === undefined) return undefined
    let before = ''
    for (;;) {
      const past = await this.#readHistory(before)
      const found = past.messages.findLast((message) => message.text === last)
      if (found) return found.id
      if (past.before === null) throw new Error(`The history knows nothing of ${last}`)
      before = `&before=${past.before}`
    }
  }

  async #readHistory(before: string): Promise<HistoryPage> {
    const url = `${this.#history}/messages?limit=100${before}`
    const curl = spawn(CURL, ['-sS', '-H', 'Accept: application/json', url])
    curl.stderr.resume()
    return JSON.parse(await text(curl.stdout))
  }
}
