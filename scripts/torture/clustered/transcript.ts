/** What a reader of `live.ndjson` is told, as far as it matters here. */
export interface ReceivedEvent {
  readonly kind: string
  readonly id?: string
  readonly text?: string
  readonly cursor?: string
  readonly missed?: number | null
  readonly afresh?: boolean
}

interface EventPosition {
  readonly epoch: string
  readonly seq: number
}

/** What all readers of a room must agree on. */
export class AgreedHistory {
  readonly violations: string[] = []
  readonly #texts = new Map<string, string>()

  /** An event of this id says this, to everybody. */
  recordEvent(id: string, text: string): void {
    const known = this.#texts.get(id)
    if (known === undefined) this.#texts.set(id, text)
    else if (known !== text)
      this.violations.push(`${id} is “${known}” to one reader and “${text}” to another`)
  }

  get size(): number {
    return this.#texts.size
  }
}

/** What one reader was told over all of its streams, held against what it may be told. */
export class Transcript {
  readonly #name: string
  readonly #history: AgreedHistory
  readonly texts = new Set<string>()
  /** The last id that it holds, as it was written. */
  cursor = ''
  gaps = 0
  /** How many events it was told that it missed; undefined as soon as nobody could know. */
  missed: number | undefined = 0

  constructor(name: string, truth: AgreedHistory) {
    this.#name = name
    this.#history = truth
  }

  record({ kind, id, cursor, text = '', missed, afresh }: ReceivedEvent): void {
    if (kind === 'open' && this.cursor === '') this.cursor = cursor ?? ''
    if (kind === 'gap' && cursor !== undefined) this.#recordGap(cursor, missed ?? undefined, afresh ?? false)
    if (kind === 'posted' && id !== undefined) this.#recordMessage(id, text)
  }

  #recordGap(cursor: string, missed: number | undefined, afresh: boolean): void {
    const [last, now] = [parsePosition(this.cursor), parsePosition(cursor)]
    this.gaps++
    if (missed === undefined) this.missed = undefined
    else if (this.missed !== undefined) this.missed += missed
    if (missed !== undefined && (now.epoch !== last.epoch || now.seq !== last.seq + missed))
      this.#addViolation(`a gap of ${missed} leads from ${this.cursor} to ${cursor}`)
    if (missed === undefined && !afresh && now.epoch === last.epoch && now.seq < last.seq)
      this.#addViolation(`a gap leads back from ${this.cursor} to ${cursor}`)
    // What is shown afresh may have been shown before.
    if (afresh) this.texts.clear()
    this.cursor = cursor
  }

  #recordMessage(id: string, text: string): void {
    const [last, now] = [parsePosition(this.cursor), parsePosition(id)]
    const begins = now.epoch !== last.epoch && last.seq === 0 && now.seq === 1
    if (!begins && (now.epoch !== last.epoch || now.seq !== last.seq + 1))
      this.#addViolation(`${id} follows ${this.cursor} without a word`)
    if (this.texts.has(text)) this.#addViolation(`“${text}” came twice`)
    this.#history.recordEvent(id, text)
    this.texts.add(text)
    this.cursor = id
  }

  #addViolation(sentence: string): void {
    this.#history.violations.push(`${this.#name}: ${sentence}`)
  }
}

function parsePosition(id: string): EventPosition {
  const [epoch = '', seq] = id.split('.')
  return { epoch, seq: Number(seq) }
}
