import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

/** Every process that the benchmark starts. None outlives it. */
export class ChildProcesses {
  readonly #running = new Set<ChildProcessWithoutNullStreams>()

  constructor() {
    process.once('exit', () => this.kill())
  }

  /** @param command the program and its arguments; it gets none of the environment but its path */
  start(command: readonly string[]): RunningChild {
    const [program = '', ...args] = command
    const running = spawn(program, args, { env: { PATH: process.env.PATH ?? '' } })
    this.#running.add(running)
    running.once('exit', () => this.#running.delete(running))
    return new RunningChild(running)
  }

  kill(): void {
    for (const running of this.#running) running.kill('SIGKILL')
  }
}

/** One of them. */
export class RunningChild {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #ended: Promise<string>
  #stdout = ''
  #stderr = ''

  constructor(running: ChildProcessWithoutNullStreams) {
    this.#process = running
    running.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    running.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    // The other end may be gone already, which its exit tells.
    running.stdin.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      running.once('error', (error) => resolve(error.message))
      running.once('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${code ?? signal}`))
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** What the pattern finds in what the process prints, once it does. */
  waitForMatch(pattern: RegExp, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(this.#stdout)?.[1]
        if (found !== undefined) resolve(found)
      }
      this.#process.stdout.on('data', look)
      look()
      void this.#ended.then((reason) => reject(this.#toError(reason || 'ended')))
      setTimeout(() => reject(this.#toError('did not say what it should')), timeoutMs).unref()
    })
  }

  /** All that the process prints until it ends by itself. */
  async output(timeoutMs: number): Promise<string> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), timeoutMs)
    const reason = await this.#ended
    clearTimeout(timer)
    if (reason !== '') throw this.#toError(reason)
    return this.#stdout
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }

  #toError(reason: string): Error {
    return new Error(`${this.#process.spawnargs.slice(0, 6).join(' ')} ${reason}: ${this.#stderr.trim()}`)
  }
}
