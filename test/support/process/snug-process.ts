import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

const DIST = join(import.meta.dirname, '..', '..', '..', 'dist')

/** The packed program in one file. */
export const EXECUTABLE = join(DIST, process.platform === 'win32' ? 'snug.exe' : 'snug')

/** The bundle, which Node runs. It starts faster. */
export const BUNDLE = join(DIST, 'snug.cjs')

export interface SnugOptions {
  /** By default `--port 0`. */
  readonly args?: readonly string[]
  /** The whole environment: nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The program to start, by Node if it is a script. By default `EXECUTABLE`. */
  readonly program?: string
  /** The user that runs it. By default the user of the test. */
  readonly uid?: number
  /** A file descriptor for its log; without, the test reads it. */
  readonly stderr?: number
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Milliseconds from its start to its end. */
  readonly afterMs: number
}

/** A process of Snug. It runs until the test ends. */
export class SnugProcess {
  stdout = ''
  stderr = ''
  /** Resolves when the process has ended and all of its output is read. */
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    const started = performance.now()
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
    })
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve({ code, signal, afterMs: performance.now() - started }))
    })
  }

  /** Starts a process, without waiting. */
  static spawn(t: TestContext, options: SnugOptions = {}): SnugProcess {
    const { args = ['--port', '0'], env = {}, cwd, uid, stderr = 'pipe', program = EXECUTABLE } = options
    const [command, ...first] = /\.(cjs|ts)$/.test(program) ? [process.execPath, program] : [program]
    const child = spawn(command ?? program, [...first, ...args], {
      env: { ...env },
      ...(cwd !== undefined && { cwd }),
      ...(uid !== undefined && { uid }),
      stdio: ['ignore', 'pipe', stderr],
    })
    const snug = new SnugProcess(child)
    t.after(() => snug.kill('SIGKILL'))
    return snug
  }

  /** Starts a process and waits for its link. */
  static async start(t: TestContext, options: SnugOptions = {}): Promise<SnugProcess> {
    const snug = SnugProcess.spawn(t, options)
    await snug.waitForOutput(/Snug is running: \S+\n/)
    return snug
  }

  get pid(): number {
    const { pid } = this.#child
    if (pid === undefined) throw new Error('Snug did not start')
    return pid
  }

  /** The links that it printed, in order. */
  get links(): string[] {
    return this.stdout.match(/https?:\/\/\S+/g) ?? []
  }

  /** The URL on this machine, without a slash at the end. */
  get url(): string {
    const port = /:(\d+)$/.exec(this.links[0] ?? '')?.[1]
    if (port === undefined) throw new Error(`No link with a port: ${this.stdout}`)
    return `http://127.0.0.1:${port}`
  }

  /** Resolves when stdout or stderr matches. */
  async waitForOutput(expected: RegExp): Promise<void> {
    const { stdout, stderr } = this.#child
    while (!expected.test(this.stdout) && !expected.test(this.stderr)) {
      const hasEnded = await Promise.race([
        this.exited.then(() => true),
        new Promise<false>((resolve) => {
          for (const output of [stdout, stderr]) output?.once('data', () => resolve(false))
        }),
      ])
      if (hasEnded) throw new Error(`Snug ended before it printed ${expected}: ${this.stdout}${this.stderr}`)
    }
  }

  /** Sends a signal. Resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<Exit> {
    this.#child.kill(signal)
    return this.exited
  }
}

/** A test, or all tests of a file. */
export interface TestScope {
  after(run: () => unknown): void
}

/** Makes an empty folder, which is deleted after the test. */
export async function emptyFolder(t: TestScope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
