import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import { type ExportHeader, type ExportRecord, parseHeader, parseRecord } from './export-format.ts'

/** Reading stops after this many problems: the file is then no export at all. */
const PROBLEMS_MAX = 10

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
 * @returns the room, or one line per problem. After a problem, the target must discard what it received.
 */
export async function readExport(
  lines: AsyncIterable<string>,
  target: ImportTarget,
): Promise<ImportResult | { readonly problems: readonly string[] }> {
  const reader = new ExportReader(target)
  for await (const text of lines) {
    await reader.addLine(text)
    if (reader.problems.length >= PROBLEMS_MAX) break
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
  readonly #messages = new Set<number>()
  readonly #epochs = new Map<string, number>()
  #lineNumber = 0
  #header: ExportHeader | undefined
  #lastSeq = 0

  constructor(target: ImportTarget) {
    this.#target = target
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
    if (!this.#header && this.problems.length === 0) this.problems.push('This file is empty.')
    if (this.problems.length > 0 || !this.#header) return undefined
    const summary = { header: this.#header, messages: this.#messages.size, epochs: this.#epochs }
    await this.#collectProblems(1, async () => this.#target.finish(summary))
    return this.problems.length === 0 ? summary : undefined
  }

  async #addRecord(record: ExportRecord): Promise<void> {
    if (!this.#header) return
    const { kind, id, of, posted } = record
    if (id.seq <= this.#lastSeq) throw refusal('Its id must come after that of the line before.')
    if (id.seq > this.#header.seq)
      throw refusal('Its id comes after the newest one that the first line names.')
    if (of && of.seq >= id.seq) throw refusal('It must come after the message that it refers to.')
    if (of && kind === 'deleted' && this.#messages.has(of.seq))
      throw refusal('The message that it deletes is still in the file.')
    this.#lastSeq = id.seq
    this.#epochs.set(id.epoch, id.seq)
    if (posted) this.#messages.add(id.seq)
    await this.#target.add(record)
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
