/** A message as history tells it. */
export interface Stored {
  readonly id: string
  readonly text: string
}

/** What was promised, to be held against what is there. */
export class Account {
  readonly faults: string[] = []
  // Of each poster, in the order of the answers.
  readonly #acknowledged = new Map<string, Stored[]>()

  acknowledged(poster: string, text: string, id: string): void {
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
  compare(history: readonly Stored[]): void {
    const byText = new Map<string, Stored>()
    for (const [index, message] of history.entries()) {
      if (byText.has(message.text)) this.faults.push(`“${message.text}” is there twice`)
      byText.set(message.text, message)
      const before = history[index - 1]
      if (before && seqOf(message.id) !== seqOf(before.id) + 1)
        this.faults.push(`${message.id} follows ${before.id} in history`)
    }
    for (const messages of this.#acknowledged.values()) {
      let last = 0
      for (const { id, text } of messages) {
        const stored = byText.get(text)
        if (!stored) this.faults.push(`“${text}” was answered with ${id}, and is lost`)
        else if (stored.id !== id) this.faults.push(`“${text}” was answered with ${id}, and is ${stored.id}`)
        if (seqOf(id) <= last) this.faults.push(`${id} was answered after ${last}`)
        last = seqOf(id)
      }
    }
  }

  /** Notes what a reader missed, had twice or had in another order. */
  compareReader(heard: readonly string[], history: readonly Stored[]): void {
    const from = history.findIndex(({ id }) => id === heard[0])
    for (const [index, id] of heard.entries()) {
      const expected = history[from + index]?.id
      if (id === expected) continue
      this.faults.push(`A reader got ${id} where history has ${expected}`)
      return
    }
    const missing = history.length - from - heard.length
    if (heard.length > 0 && missing > 0) this.faults.push(`A reader lacks the newest ${missing}`)
  }
}

function seqOf(id: string): number {
  return Number(id.split('.')[1])
}
