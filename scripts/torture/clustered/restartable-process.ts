import { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import type { TestScope } from '../../../test/support/process/snug-process.ts'
import { KillableServer } from '../killable-server.ts'

/** How long a process may fail to start, because Redis is not back yet. */
const START_TIMEOUT_MS = 15_000

/** A Snug process that can be killed and started again. Its URL stays the same. */
export class RestartableProcess {
  readonly url: string
  readonly #front: CuttingProxy
  readonly #start: () => Promise<KillableServer>
  #server: KillableServer | undefined

  private constructor(front: CuttingProxy, start: () => Promise<KillableServer>) {
    this.url = front.url
    this.#front = front
    this.#start = start
  }

  static async start(t: TestScope, program: string, redisUrl: string): Promise<RestartableProcess> {
    const front = await CuttingProxy.start(t, 'http://127.0.0.1:1')
    const restartable = new RestartableProcess(front, () =>
      KillableServer.start(program, '--redis', redisUrl, '--log-level', 'warn'),
    )
    t.after(() => restartable.kill())
    await restartable.start()
    return restartable
  }

  /** Resolves when the process is ready. It is started again and again until then. */
  async start(): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS
    while (!this.#server) {
      try {
        this.#server = await this.#start()
      } catch (error) {
        if (performance.now() > deadline) throw error
      }
    }
    this.#front.target = this.#server.url
  }

  async kill(): Promise<void> {
    await this.#server?.kill()
    this.#server = undefined
  }
}
