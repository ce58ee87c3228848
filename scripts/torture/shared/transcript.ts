/** What a reader of `live.ndjson` is told, as far as it matters here. */
export interface Told {
  readonly kind: string
  readonly id?: string
  readonly text?: string
  readonly cursor?: string
  readonly missed?: number | null
  readonly afresh?: boolean
}

interface Place {
  readonly epoch: string
  readonly seq: number
}

/** What all readers of a room must agree on. */
export class Truth {
  readonly faults: string[] = []
  readonly #texts = new Map<string, string>()

  /** An event of this id says this, to everybody. */
  agree(id: string, text: string): void {
    const known = this.#texts.get(id)
    if (known === undefined) this.#texts.set(id, text)
    else if (known !== text) this.faults.push(`${id} is “${known}” to one reader and “${text}” to another`)
  }

  get size(): number {
    return this.#texts.size
  }
}

/** What one reader was told over all of its streams, held against what it may be told. */
export class Transcript {
  readonly #name: string
  readonly #truth: Truth
  readonly texts = new Set<string>()
  /** The last id that it holds, as it was written. */
  cursor = ''
  gaps = 0
  /** How many events it was told that it missed; undefined as soon as nobody could know. */
  missed: number | undefined = 0

  constructor(name: string, truth: Truth) {
    this.#name = name
    this.#truth = truth
  }

  take({ kind, id, cursor, text = '', missed, afresh }: Told): void {
    if (kind === 'open' && this.cursor === '') this.cursor = cursor ?? ''
    if (kind === 'gap' && cursor !== undefined) this.#takeGap(cursor, missed ?? undefined, afresh ?? false)
    if (kind === 'posted' && id !== undefined) this.#takeMessage(id, text)
  }

  #takeGap(cursor: string, missed: number | undefined, afresh: boolean): void {
    const [last, now] = [placeIn(this.cursor), placeIn(cursor)]
    this.gaps++
    if (missed === undefined) this.missed = undefined
    else if (this.missed !== undefined) this.missed += missed
    if (missed !== undefined && (now.epoch !== last.epoch || now.seq !== last.seq + missed))
      this.#fault(`a gap of ${missed} leads from ${this.cursor} to ${cursor}`)
    if (missed === undefined && !afresh && now.epoch === last.epoch && now.seq < last.seq)
      this.#fault(`a gap leads back from ${this.cursor} to ${cursor}`)
    // What is shown afresh may have been shown before.
    if (afresh) this.texts.clear()
    this.cursor = cursor
  }

  #takeMessage(id: string, text: string): void {
    const [last, now] = [placeIn(this.cursor), placeIn(id)]
    const begins = now.epoch !== last.epoch && last.seq === 0 && now.seq === 1
    if (!begins && (now.epoch !== last.epoch || now.seq !== last.seq + 1))
      this.#fault(`${id} follows ${this.cursor} without a word`)
    if (this.texts.has(text)) this.#fault(`“${text}” came twice`)
    this.#truth.agree(id, text)
    this.texts.add(text)
    this.cursor = id
  }

  #fault(sentence: string): void {
    this.#truth.faults.push(`${this.#name}: ${sentence}`)
  }
}

function placeIn(id: string): Place {
  const [epoch = '', seq] = id.split('.')
  return { epoch, seq: Number(seq) }
}
