import { type ChildProcess, spawn } from 'node:child_process'

const START_TIMEOUT_MS = 20_000
const POLL_MS = 5

/** A Snug process that can be killed with SIGKILL. */
export class KillableServer {
  readonly url: string
  /** Milliseconds from the start until `/readyz` answered 200. */
  readonly readyAfterMs: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string, readyAfterMs: number) {
    this.#child = child
    this.url = url
    this.readyAfterMs = readyAfterMs
  }

  /**
   * Starts a server on a free port and waits until it is ready.
   * @param program dist/snug, or the bundle
   * @param flags such as `--data FOLDER` or `--redis URL`
   * @throws Error if it does not become ready
   */
  static async start(program: string, ...flags: readonly string[]): Promise<KillableServer> {
    const started = performance.now()
    const command = program.endsWith('.cjs') ? [process.execPath, program] : [program]
    const args = [...command.slice(1), '--port', '0', '--limits', 'off', ...flags]
    const child = spawn(command[0] ?? program, args, { env: {}, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    while (performance.now() - started < START_TIMEOUT_MS) {
      const port = /http:\/\/[^\s:]+:(\d+)/.exec(output)?.[1]
      const url = `http://127.0.0.1:${port}`
      if (port !== undefined && (await isReady(url)))
        return new KillableServer(child, url, performance.now() - started)
      if (child.exitCode !== null) break
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    child.kill('SIGKILL')
    throw new Error(`Snug did not start: ${output}`)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Resolves when the process has ended. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await exited
  }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`).catch(() => undefined)
  return response?.status === 200
}
