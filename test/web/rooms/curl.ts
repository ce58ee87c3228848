import { type ChildProcess, spawn } from 'node:child_process'
import type { TestContext } from 'node:test'

/** The curl program. */
export class Curl {
  /** Everything that it has printed. */
  output = ''
  /** Resolves when it has ended, with everything that it printed. */
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

  /** Resolves when the output matches. */
  async waitForOutput(expected: RegExp): Promise<void> {
    while (!expected.test(this.output)) {
      if (this.#child.exitCode !== null) throw new Error(`curl ended before ${expected}: ${this.output}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/** Runs a curl that ends by itself, and returns everything that it printed. */
export function runCurl(t: TestContext, args: readonly string[], input?: string): Promise<string> {
  return new Curl(t, args, input).ended
}
