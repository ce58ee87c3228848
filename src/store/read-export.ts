import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import { type ExportHeader, type ExportRecord, parseHeader, parseRecord } from './export-format.ts'

/** Lines that are told of; whoever has more of them has another file. */
const PROBLEMS_MAX = 10

/** What is known of a room once all of its lines were read. */
export interface ImportSummary {
  readonly header: ExportHeader
  readonly messages: number
  /** The number of the last event of each epoch, in the order of the numbers. */
  readonly epochs: ReadonlyMap<string, number>
}

/** Where an exported room is brought to; each throws Refusal for what can't be had there. */
export interface ImportTarget {
  begin(head: ExportHeader): void | Promise<void>
  add(line: ExportRecord): void | Promise<void>
  /** Nothing was wrong with any line. */
  finish(whole: ImportSummary): void | Promise<void>
}

export interface ImportResult {
  readonly slug: Slug
  readonly messages: number
  /** Whether the export told who the owner is. */
  readonly hasOwner: boolean
}

/**
 * Reads an exported room.
 * @returns or one line per problem; then it is not finished
 */
export async function readExport(
  lines: AsyncIterable<string>,
  into: ImportTarget,
): Promise<ImportResult | { readonly problems: readonly string[] }> {
  const reading = new ExportReader(into)
  for await (const text of lines) {
    await reading.addLine(text)
    if (reading.problems.length >= PROBLEMS_MAX) break
  }
  const whole = await reading.finish()
  if (!whole) return { problems: reading.problems }
  return { slug: whole.header.slug, messages: whole.messages, hasOwner: whole.header.owner !== undefined }
}

class ExportReader {
  readonly problems: string[] = []
  readonly #target: ImportTarget
  readonly #messages = new Set<number>()
  readonly #epochs = new Map<string, number>()
  #lineNumber = 0
  #header: ExportHeader | undefined
  #lastSeq = 0

  constructor(into: ImportTarget) {
    this.#target = into
  }

  async addLine(text: string): Promise<void> {
    this.#lineNumber++
    if (text === '' || (this.#lineNumber > 1 && !this.#header)) return
    await this.#collectProblems(this.#lineNumber, async () => {
      if (this.#lineNumber > 1) return this.#addRecord(parseRecord(text))
      const header = parseHeader(text)
      await this.#target.begin(header)
      this.#header = header
    })
  }

  async finish(): Promise<ImportSummary | undefined> {
    if (!this.#header && this.problems.length === 0) this.problems.push('There is nothing in this file.')
    if (this.problems.length > 0 || !this.#header) return undefined
    const summary = { header: this.#header, messages: this.#messages.size, epochs: this.#epochs }
    await this.#collectProblems(1, async () => this.#target.finish(summary))
    return this.problems.length === 0 ? summary : undefined
  }

  async #addRecord(line: ExportRecord): Promise<void> {
    if (!this.#header) return
    const { kind, id, of, posted } = line
    if (id.seq <= this.#lastSeq) throw refusal('Its id must come after that of the line before.')
    if (id.seq > this.#header.seq)
      throw refusal('Its id comes after the newest one that the first line names.')
    if (of && of.seq >= id.seq) throw refusal('It must come after the message that it is about.')
    if (of && kind === 'deleted' && this.#messages.has(of.seq))
      throw refusal('The message that it deletes is still in the file.')
    this.#lastSeq = id.seq
    this.#epochs.set(id.epoch, id.seq)
    if (posted) this.#messages.add(id.seq)
    await this.#target.add(line)
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

/** A room of this name is kept where one is to be brought to. */
export function alreadyExists(room: Slug): Refusal {
  return refusal(`There is already a kept room “${room}”: delete it first.`)
}

function refusal(sentence: string): Refusal {
  return new Refusal('invalid', sentence)
}
