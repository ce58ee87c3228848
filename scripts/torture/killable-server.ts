import { type ChildProcess, spawn } from 'node:child_process'

const START_TIMEOUT_MS = 20_000
const POLL_MS = 5

/** Snug as a process that is killed again and again. */
export class KillableServer {
  readonly url: string
  /** Milliseconds from its start until it was ready. */
  readonly readyAfterMs: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string, readyAfterMs: number) {
    this.#child = child
    this.url = url
    this.readyAfterMs = readyAfterMs
  }

  /**
   * @param program dist/snug, or the bundle
   * @param flags where it keeps what lasts
   */
  static async start(program: string, ...flags: readonly string[]): Promise<KillableServer> {
    const started = performance.now()
    const command = program.endsWith('.cjs') ? [process.execPath, program] : [program]
    const args = [...command.slice(1), '--port', '0', '--limits', 'off', ...flags]
    const child = spawn(command[0] ?? program, args, { env: {}, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const output of [child.stdout, child.stderr])
      output.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    while (performance.now() - started < START_TIMEOUT_MS) {
      const port = /http:\/\/[^\s:]+:(\d+)/.exec(said)?.[1]
      const url = `http://127.0.0.1:${port}`
      if (port !== undefined && (await isReady(url)))
        return new KillableServer(child, url, performance.now() - started)
      if (child.exitCode !== null) break
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    child.kill('SIGKILL')
    throw new Error(`Snug did not start: ${said}`)
  }

  /** Resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await gone
  }
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined)
  return answer?.status === 200
}
