import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

/** All processes that the benchmark started. They are killed when it exits. */
export class ChildProcesses {
  readonly #running = new Set<ChildProcessWithoutNullStreams>()

  constructor() {
    process.once('exit', () => this.kill())
  }

  /** @param command the program and its arguments. The only environment variable that it gets is PATH */
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

/** A running process that the benchmark started. */
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
    // The process may have ended already. `#ended` reports that.
    running.stdin.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      running.once('error', (error) => resolve(error.message))
      running.once('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${code ?? signal}`))
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /**
   * Waits until standard output matches a pattern.
   * @returns the first group
   * @throws Error after the timeout, or when the process ends before
   */
  waitForMatch(pattern: RegExp, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = pattern.exec(this.#stdout)?.[1]
        if (found !== undefined) resolve(found)
      }
      this.#process.stdout.on('data', check)
      check()
      void this.#ended.then((reason) => reject(this.#toError(reason || 'ended')))
      setTimeout(() => reject(this.#toError(`did not print ${pattern}`)), timeoutMs).unref()
    })
  }

  /**
   * Waits until the process ends by itself.
   * @returns its standard output
   * @throws Error if it fails, or is killed after the timeout
   */
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
