import { epochTime } from '../chat/event.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import { type ExportHeader, type ExportRecord, LINE_MAX, parseHeader, parseRecord } from './export-format.ts'

/** Reading stops after this many problems: the file is then no export at all. */
const PROBLEMS_MAX = 10

/**
 * How far a time may be ahead of this machine's clock. No message is older than the one before, so a time in the far
 * future would be that of all later messages.
 */
const CLOCK_TOLERANCE_MS = 86_400_000

/** An export whose lines were all read. */
export interface ImportSummary {
  readonly header: ExportHeader
  /** The number of messages. */
  readonly messages: number
  /** The last seq of each epoch, in ascending order. */
  readonly epochs: ReadonlyMap<string, number>
}

/** Receives an exported room. Each method throws Refusal for what cannot be imported. */
export interface ImportTarget {
  begin(header: ExportHeader): void | Promise<void>
  add(record: ExportRecord): void | Promise<void>
  /** Called only if no line has a problem. */
  finish(summary: ImportSummary): void | Promise<void>
}

export interface ImportResult {
  readonly slug: Slug
  /** The number of messages. */
  readonly messages: number
  /** Whether the export has the digest of the owner's link. */
  readonly hasOwner: boolean
}

/**
 * Reads an exported room line by line into a target.
 * @param now milliseconds since 1970
 * @returns the room, or one line per problem. After a problem, the target must discard what it received.
 */
export async function readExport(
  lines: AsyncIterable<string>,
  target: ImportTarget,
  now: number,
): Promise<ImportResult | { readonly problems: readonly string[] }> {
  const reader = new ExportReader(target, now)
  for await (const text of lines) {
    await reader.addLine(text)
    if (reader.problems.length >= PROBLEMS_MAX || text.length > LINE_MAX) break
  }
  const summary = await reader.finish()
  if (!summary) return { problems: reader.problems }
  return {
    slug: summary.header.slug,
    messages: summary.messages,
    hasOwner: summary.header.owner !== undefined,
  }
}

class ExportReader {
  readonly problems: string[] = []
  readonly #target: ImportTarget
  readonly #latestTime: number
  /** The epoch of each message, by seq. */
  readonly #messages = new Map<number, string>()
  /** The seqs of all other events. */
  readonly #changes = new Set<number>()
  readonly #epochs = new Map<string, number>()
  #lineNumber = 0
  #begun = false
  #header: ExportHeader | undefined
  #lastSeq = 0
  #lastEpoch = ''

  constructor(target: ImportTarget, now: number) {
    this.#target = target
    this.#latestTime = now + CLOCK_TOLERANCE_MS
  }

  async addLine(line: string): Promise<void> {
    this.#lineNumber++
    // Editors may put a byte order mark or an empty line first. Both count as white space.
    const text = line.length > LINE_MAX ? line : line.trim()
    if (text === '' || (this.#begun && !this.#header)) return
    await this.#collectProblems(this.#lineNumber, async () => {
      const isFirst = !this.#begun
      this.#begun = true
      if (text.length > LINE_MAX)
        throw refusal('It is longer than any line that Snug writes. What follows was not read.')
      if (!isFirst) return this.#addRecord(parseRecord(text))
      const header = parseHeader(text)
      await this.#target.begin(header)
      this.#header = header
    })
  }

  async finish(): Promise<ImportSummary | undefined> {
    if (!this.#header && this.problems.length === 0) this.problems.push('This file is empty.')
    if (this.problems.length > 0 || !this.#header) return undefined
    const summary = { header: this.#header, messages: this.#messages.size, epochs: this.#epochs }
    await this.#collectProblems(1, async () => this.#target.finish(summary))
    return this.problems.length === 0 ? summary : undefined
  }

  async #addRecord(record: ExportRecord): Promise<void> {
    if (!this.#header) return
    const { id, posted } = record
    this.#checkOrder(record, this.#header.seq)
    this.#checkTarget(record)
    this.#checkTimes(record)
    // One text for all events of an epoch: each line has a copy of its own.
    if (id.epoch !== this.#lastEpoch) this.#lastEpoch = id.epoch
    this.#lastSeq = id.seq
    this.#epochs.set(this.#lastEpoch, id.seq)
    if (posted) this.#messages.set(id.seq, this.#lastEpoch)
    else this.#changes.add(id.seq)
    await this.#target.add(record)
  }

  #checkOrder({ id }: ExportRecord, newest: number): void {
    const isLater = id.epoch === this.#lastEpoch || !(epochTime(id.epoch) <= epochTime(this.#lastEpoch))
    if (id.seq <= this.#lastSeq || !isLater) throw refusal('Its id must come after that of the line before.')
    if (id.seq > newest) throw refusal('Its id comes after the newest one that the first line names.')
  }

  // A message that has expired is not in the file, but the events that point to it may be.
  #checkTarget({ kind, id, of }: ExportRecord): void {
    if (!of) return
    if (of.seq >= id.seq) throw refusal('It must come after the message that it refers to.')
    const epoch = this.#messages.get(of.seq)
    if (kind === 'deleted' && epoch !== undefined)
      throw refusal('The message that it deletes is still in the file.')
    if (this.#changes.has(of.seq) || (epoch !== undefined && epoch !== of.epoch))
      throw refusal('It must refer to a message.')
  }

  #checkTimes({ at, posted }: ExportRecord): void {
    if (Math.max(at, posted?.editedAt ?? 0) > this.#latestTime)
      throw refusal('Its time is in the future. Check the clock of this machine.')
  }

  async #collectProblems(number: number, step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.problems.push(`Line ${number}: ${error.message}`)
    }
  }
}

/** The refusal to import a room over an existing one. */
export function alreadyExists(room: Slug): Refusal {
  return refusal(`There is already a kept room “${room}”: delete it first.`)
}

function refusal(sentence: string): Refusal {
  return new Refusal('invalid', sentence)
}
