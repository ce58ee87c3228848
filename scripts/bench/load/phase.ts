import type { Pace } from './job.ts'

/** A phase ends after this time without a delivery. Deliveries that are still missing then are lost. */
const STALL_MS = 10_000

/** Sends the messages from `first` to `end`, exclusive, at a pace, until each has been delivered or refused. */
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
   * @param subscribers the number of deliveries of one message
   * @param send resolves with whether the message was accepted
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

  /** Resolves when all messages have been delivered, or deliveries have stalled. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    this.#progressAt = performance.now()
    const stallTimer = setInterval(() => {
      if (performance.now() - this.#progressAt > STALL_MS) this.#finish()
    }, 500)
    if (this.#pace.kind === 'per-second') this.#sendDue(this.#progressAt, 1000 / this.#pace.rate)
    else for (let i = 0; i < this.#pace.count; i++) this.#sendNext()
    await ended
    clearInterval(stallTimer)
  }

  /**
   * Records that one more subscriber has the message.
   * @returns milliseconds since it was sent, or was due
   */
  recordDelivery(number: number): number {
    const index = number - this.#first
    const now = performance.now()
    this.#progressAt = now
    const count = (this.#deliveredCounts[index] ?? 0) + 1
    this.#deliveredCounts[index] = count
    if (count === this.#subscribers) this.#settle()
    return now - (this.#sentAt[index] ?? now)
  }

  /** Sends no more messages. `run` resolves when those in flight are settled. */
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
    void this.#send(number).then((accepted) => {
      if (!accepted) this.#settle()
    })
  }

  #sendDue(dueAt: number, intervalMs: number): void {
    let due = dueAt
    for (; due <= performance.now() && this.#next < this.#end; due += intervalMs) this.#sendNext(due)
    if (this.#next >= this.#end) return
    setTimeout(() => this.#sendDue(due, intervalMs), due - performance.now())
  }
}
