import type { Pace } from './job.ts'

/** A phase is over when nothing was delivered for so long: what is missing by then is missing. */
const STALL_MS = 10_000

/** The messages with the numbers from `first` up to, not including, `end`: sent at a pace until all are settled. */
export class Phase {
  readonly #first: number
  #end: number
  readonly #pace: Pace
  readonly #subscribers: number
  readonly #send: (number: number) => Promise<boolean>
  readonly #sentAt: Float64Array
  readonly #deliveredCounts: Int32Array
  #next: number
  #unsettled: number
  #progressAt = 0
  #finish: () => void = () => {}

  /**
   * @param subscribers who get one message
   * @param send resolves with whether the message was taken
   */
  constructor(
    { first, end }: { first: number; end: number },
    pace: Pace,
    subscribers: number,
    send: (number: number) => Promise<boolean>,
  ) {
    this.#first = first
    this.#end = end
    this.#pace = pace
    this.#subscribers = subscribers
    this.#send = send
    this.#sentAt = new Float64Array(end - first)
    this.#deliveredCounts = new Int32Array(end - first)
    this.#next = first
    this.#unsettled = end - first
  }

  /** Resolves when everybody has every message, or no more come. */
  async run(): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    this.#progressAt = performance.now()
    const watch = setInterval(() => {
      if (performance.now() - this.#progressAt > STALL_MS) this.#finish()
    }, 500)
    if (this.#pace.kind === 'per-second') this.#sendDue(this.#progressAt, 1000 / this.#pace.rate)
    else for (let i = 0; i < this.#pace.count; i++) this.#sendNext()
    await over
    clearInterval(watch)
  }

  /** One more subscriber has the message; milliseconds since it was sent, or was meant to be. */
  recordDelivery(number: number): number {
    const index = number - this.#first
    const now = performance.now()
    this.#progressAt = now
    const held = (this.#deliveredCounts[index] ?? 0) + 1
    this.#deliveredCounts[index] = held
    if (held === this.#subscribers) this.#settle()
    return now - (this.#sentAt[index] ?? now)
  }

  /** Sends no more. Resolves `run` when those under way are settled. */
  stop(): void {
    this.#unsettled -= this.#end - this.#next
    this.#end = this.#next
    if (this.#unsettled === 0) this.#finish()
  }

  #settle(): void {
    if (--this.#unsettled === 0) this.#finish()
    else if (this.#pace.kind === 'in-flight') this.#sendNext()
  }

  #sendNext(dueAt = performance.now()): void {
    if (this.#next >= this.#end) return
    const number = this.#next++
    this.#sentAt[number - this.#first] = dueAt
    void this.#send(number).then((taken) => {
      if (!taken) this.#settle()
    })
  }

  #sendDue(dueAt: number, intervalMs: number): void {
    let due = dueAt
    for (; due <= performance.now() && this.#next < this.#end; due += intervalMs) this.#sendNext(due)
    if (this.#next >= this.#end) return
    setTimeout(() => this.#sendDue(due, intervalMs), due - performance.now())
  }
}
