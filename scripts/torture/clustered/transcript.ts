/** An event or signal of `live.ndjson`, reduced to the fields that are checked. */
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

/**
 * The events of a room by id. All readers, responses and the store must agree on them: an id that two texts ever had
 * is a violation, even if one of the messages was lost since.
 */
export class AgreedHistory {
  readonly violations: string[] = []
  /** Whether Redis may lose acknowledged messages, as far as it tells the readers. */
  readonly mayLose: boolean
  readonly #texts = new Map<string, string>()

  constructor(mayLose = false) {
    this.mayLose = mayLose
  }

  /** Records a violation if the id is known with another text. */
  recordEvent(id: string, text: string): void {
    const existing = this.#texts.get(id)
    if (existing === undefined) this.#texts.set(id, text)
    else if (existing !== text)
      this.violations.push(`${id} is “${existing}” to one reader and “${text}” to another`)
  }

  get size(): number {
    return this.#texts.size
  }
}

/** Everything that one reader received over all its streams, checked against the rules of order and gaps. */
export class Transcript {
  readonly #name: string
  readonly #history: AgreedHistory
  readonly texts = new Set<string>()
  /** The id of the last event, as received. */
  cursor = ''
  /** Messages of two epochs, one after the other without a gap. Nothing may be between them in the store. */
  readonly jumps: (readonly [from: string, to: string])[] = []
  gaps = 0
  /** Missed events that gaps announced; undefined once a gap could not count them. */
  missed: number | undefined = 0

  constructor(name: string, history: AgreedHistory) {
    this.#name = name
    this.#history = history
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
    // A promoted replica may end before what the reader has, until its history gets an epoch of its own.
    const leadsBack = now.epoch === last.epoch && now.seq < last.seq
    if (missed === undefined && !afresh && leadsBack && !this.#history.mayLose)
      this.#addViolation(`a gap leads back from ${this.cursor} to ${cursor}`)
    // After a gap with `afresh`, the reader receives messages again. After a loss, posters repeat each message that
    // has no response.
    if (afresh || (missed === undefined && this.#history.mayLose)) this.texts.clear()
    this.cursor = cursor
  }

  #recordMessage(id: string, text: string): void {
    const [last, now] = [parsePosition(this.cursor), parsePosition(id)]
    const isFirst = now.epoch !== last.epoch && last.seq === 0 && now.seq === 1
    const isJump = !isFirst && this.#history.mayLose && now.epoch !== last.epoch
    if (isJump) this.jumps.push([this.cursor, id])
    else if (!isFirst && (now.epoch !== last.epoch || now.seq !== last.seq + 1))
      this.#addViolation(`${id} follows ${this.cursor} without a gap`)
    if (this.texts.has(text)) this.#addViolation(`“${text}” was received twice`)
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
