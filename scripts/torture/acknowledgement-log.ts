/** A message of the room's history. */
export interface StoredMessage {
  readonly id: string
  readonly text: string
}

/** The messages that the server acknowledged, to be compared with the history and with what readers received. */
export class AcknowledgementLog {
  readonly violations: string[] = []
  // By poster, in the order of the responses.
  readonly #acknowledged = new Map<string, StoredMessage[]>()

  recordAcknowledgement(poster: string, text: string, id: string): void {
    const all = this.#acknowledged.get(poster) ?? []
    this.#acknowledged.set(poster, all)
    all.push({ id, text })
  }

  get count(): number {
    return [...this.#acknowledged.values()].reduce((sum, { length }) => sum + length, 0)
  }

  /**
   * Records every difference between the acknowledgements and the history.
   * @param history all of it, oldest first
   */
  compareHistory(history: readonly StoredMessage[]): void {
    const byText = new Map<string, StoredMessage>()
    for (const [index, message] of history.entries()) {
      if (byText.has(message.text)) this.violations.push(`“${message.text}” is in the history twice`)
      byText.set(message.text, message)
      const previous = history[index - 1]
      if (previous && seqOf(message.id) !== seqOf(previous.id) + 1)
        this.violations.push(`${message.id} follows ${previous.id} in the history`)
    }
    for (const messages of this.#acknowledged.values()) {
      let last = 0
      for (const { id, text } of messages) {
        const stored = byText.get(text)
        if (!stored) this.violations.push(`“${text}” was acknowledged as ${id} and is lost`)
        else if (stored.id !== id)
          this.violations.push(`“${text}” was acknowledged as ${id} and stored as ${stored.id}`)
        if (seqOf(id) <= last) this.violations.push(`${id} was acknowledged after ${last}`)
        last = seqOf(id)
      }
    }
  }

  /** Records what a reader missed, received twice or received out of order. */
  compareReader(received: readonly string[], history: readonly StoredMessage[]): void {
    const from = history.findIndex(({ id }) => id === received[0])
    for (const [index, id] of received.entries()) {
      const expected = history[from + index]?.id
      if (id === expected) continue
      this.violations.push(`A reader received ${id} where the history has ${expected}`)
      return
    }
    const missing = history.length - from - received.length
    if (received.length > 0 && missing > 0) this.violations.push(`A reader missed the newest ${missing}`)
  }
}

function seqOf(id: string): number {
  return Number(id.split('.')[1])
}
