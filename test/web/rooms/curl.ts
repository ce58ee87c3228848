import { type ChildProcess, spawn } from 'node:child_process'
import type { TestContext } from 'node:test'

/** curl itself, as somebody types it. */
export class Curl {
  /** All that it printed. */
  output = ''
  /** Resolves when it ended, with all that it printed. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  #wake: () => void = () => {}

  constructor(t: TestContext, args: readonly string[], input = '') {
    const child = spawn(process.env.CURL ?? 'curl', ['--no-progress-meter', ...args])
    this.#child = child
    t.after(() => child.kill())
    child.stdout.setEncoding('utf8').on('data', (text) => {
      this.output += text
      this.#wake()
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.output += text
    })
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', () => {
        resolve(this.output)
        this.#wake()
      })
    })
    child.stdin.end(input)
  }

  /** Resolves when something that fits was printed. */
  async waitForOutput(expected: RegExp): Promise<void> {
    while (!expected.test(this.output)) {
      if (this.#child.exitCode !== null) throw new Error(`curl ended before ${expected}: ${this.output}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/** What curl prints that ends by itself. */
export function runCurl(t: TestContext, args: readonly string[], input?: string): Promise<string> {
  return new Curl(t, args, input).ended
}
