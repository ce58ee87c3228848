/** A message as history tells it. */
export interface StoredMessage {
  readonly id: string
  readonly text: string
}

/** What was promised, to be held against what is there. */
export class AcknowledgementLog {
  readonly violations: string[] = []
  // Of each poster, in the order of the answers.
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
   * Notes every difference between what was answered and what history holds.
   * @param history all of it, oldest first
   */
  compareHistory(history: readonly StoredMessage[]): void {
    const byText = new Map<string, StoredMessage>()
    for (const [index, message] of history.entries()) {
      if (byText.has(message.text)) this.violations.push(`“${message.text}” is there twice`)
      byText.set(message.text, message)
      const before = history[index - 1]
      if (before && seqOf(message.id) !== seqOf(before.id) + 1)
        this.violations.push(`${message.id} follows ${before.id} in history`)
    }
    for (const messages of this.#acknowledged.values()) {
      let last = 0
      for (const { id, text } of messages) {
        const stored = byText.get(text)
        if (!stored) this.violations.push(`“${text}” was answered with ${id}, and is lost`)
        else if (stored.id !== id)
          this.violations.push(`“${text}” was answered with ${id}, and is ${stored.id}`)
        if (seqOf(id) <= last) this.violations.push(`${id} was answered after ${last}`)
        last = seqOf(id)
      }
    }
  }

  /** Notes what a reader missed, had twice or had in another order. */
  compareReader(heard: readonly string[], history: readonly StoredMessage[]): void {
    const from = history.findIndex(({ id }) => id === heard[0])
    for (const [index, id] of heard.entries()) {
      const expected = history[from + index]?.id
      if (id === expected) continue
      this.violations.push(`A reader got ${id} where history has ${expected}`)
      return
    }
    const missing = history.length - from - heard.length
    if (heard.length > 0 && missing > 0) this.violations.push(`A reader lacks the newest ${missing}`)
  }
}

function seqOf(id: string): number {
  return Number(id.split('.')[1])
}
