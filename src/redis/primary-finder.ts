import { describeSentinelError, noAnswer, Sentinel, type SentinelReply } from './sentinel.ts'
import type { SentinelAddress } from './sentinel-address.ts'
import { UnusableRedis } from './unusable-redis.ts'

type Answer = SentinelReply | 'unknown-name' | { readonly error: unknown }

/**
 * Finds the primary that sentinels name. Snug asks them itself, before each connection and once a second. The client's
 * support for Sentinel is not used, for two reasons: it sends a command again after a broken connection, and it sends
 * commands to a promoted replica before `RECORD_CONTINUITY` knows whether messages were lost.
 */
export class PrimaryFinder {
  readonly #address: SentinelAddress
  readonly #sentinels: readonly Sentinel[]
  // The newest answer that was believed.
  #known: SentinelReply | undefined
  #url = ''

  /** @param ca certificates (PEM) to trust instead of the system's */
  constructor(address: SentinelAddress, ca: string | undefined) {
    this.#address = address
    this.#sentinels = address.sentinels.map((url) => new Sentinel({ url, ca }))
  }

  /** The host and port found last; empty before. */
  get found(): string {
    return this.#known ? `${this.#known.host}:${this.#known.port}` : ''
  }

  /** The name of the primary in the configuration of the sentinels. */
  get name(): string {
    return this.#address.name
  }

  /**
   * Asks the sentinels for the primary.
   * @returns its URL
   * @throws UnusableRedis if none of them can tell
   */
  async locate(): Promise<string> {
    const answers = await this.#ask()
    const reply = this.#newest(answers)
    if (!reply) throw new UnusableRedis(this.#describe(answers))
    this.#known = reply
    this.#url = this.#address.primaryUrl(reply.host, reply.port)
    return this.#url
  }

  /**
   * Asks the sentinels whether the primary is still the one that `locate()` found last.
   * @returns false if another one took its place. Sentinels that don't answer are no reason to leave the primary.
   */
  async isCurrent(): Promise<boolean> {
    const reply = this.#newest(await this.#ask())
    return !reply || this.#address.primaryUrl(reply.host, reply.port) === this.#url
  }

  close(): void {
    for (const sentinel of this.#sentinels) sentinel.close()
  }

  // Of several replies that of the last failover is right. One from before the last known failover comes from a
  // sentinel that was cut off, unless most sentinels agree on it: then their state was reset.
  #newest(answers: readonly Answer[]): SentinelReply | undefined {
    const replies = answers.filter(isReply)
    const newest = replies.reduce<SentinelReply | undefined>(
      (best, reply) => (best && best.configEpoch >= reply.configEpoch ? best : reply),
      undefined,
    )
    if (!newest || !this.#known || newest.configEpoch >= this.#known.configEpoch) return newest
    const agreeing = replies.filter(({ host, port }) => host === newest.host && port === newest.port)
    return this.#isMajority(agreeing.length) ? newest : undefined
  }

  #isMajority(count: number): boolean {
    return count > this.#sentinels.length / 2
  }

  // Resolves when most sentinels have replied, or all have answered or failed.
  async #ask(): Promise<readonly Answer[]> {
    const answers: Answer[] = this.#sentinels.map(() => ({ error: noAnswer() }))
    await new Promise<void>((resolve) => {
      let pending = this.#sentinels.length
      for (const [index, sentinel] of this.#sentinels.entries())
        sentinel
          .ask(this.#address.name)
          .then(
            (reply): Answer => reply ?? 'unknown-name',
            (error: unknown): Answer => ({ error }),
          )
          .then((answer) => {
            answers[index] = answer
            if (--pending === 0 || this.#isMajority(answers.filter(isReply).length)) resolve()
          })
    })
    return answers
  }

  #describe(answers: readonly Answer[]): string {
    const { hosts, name } = this.#address
    if (answers.some(isReply))
      return `Most sentinels of “${name}” don’t answer, and the others don’t know of its last failover.`
    if (answers.includes('unknown-name')) {
      const asked = hosts.filter((_, index) => answers[index] === 'unknown-name')
      return `No primary is called “${name}” at the sentinel ${asked.join(', ')}: its configuration has the name after “sentinel monitor”.`
    }
    const reasons = answers.map((answer, index) =>
      typeof answer === 'object' && 'error' in answer
        ? `${hosts[index]} ${describeSentinelError(answer.error)}`
        : '',
    )
    return `No sentinel can be asked for the primary “${name}”: ${reasons.join('; ')}.`
  }
}

function isReply(answer: Answer): answer is SentinelReply {
  return typeof answer === 'object' && 'host' in answer
}
