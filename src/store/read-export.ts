import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import { type Head, type Line, parseHead, parseLine } from './export-format.ts'

/** Lines that are told of; whoever has more of them has another file. */
const PROBLEMS_MAX = 10

/** What is known of a room once all of its lines were read. */
export interface Whole {
  readonly head: Head
  readonly messages: number
  /** The number of the last event of each epoch, in the order of the numbers. */
  readonly epochs: ReadonlyMap<string, number>
}

/** Where an exported room is brought to; each throws Refusal for what can't be had there. */
export interface Import {
  begin(head: Head): void | Promise<void>
  add(line: Line): void | Promise<void>
  /** Nothing was wrong with any line. */
  finish(whole: Whole): void | Promise<void>
}

export interface Imported {
  readonly slug: Slug
  readonly messages: number
  /** Whether the export told who the owner is. */
  readonly owned: boolean
}

/**
 * Reads an exported room.
 * @returns or one line per problem; then it is not finished
 */
export async function readExport(
  lines: AsyncIterable<string>,
  into: Import,
): Promise<Imported | { readonly problems: readonly string[] }> {
  const reading = new Reading(into)
  for await (const text of lines) {
    await reading.take(text)
    if (reading.problems.length >= PROBLEMS_MAX) break
  }
  const whole = await reading.finish()
  if (!whole) return { problems: reading.problems }
  return { slug: whole.head.slug, messages: whole.messages, owned: whole.head.owner !== undefined }
}

class Reading {
  readonly problems: string[] = []
  readonly #into: Import
  readonly #messages = new Set<number>()
  readonly #epochs = new Map<string, number>()
  #number = 0
  #head: Head | undefined
  #seq = 0

  constructor(into: Import) {
    this.#into = into
  }

  async take(text: string): Promise<void> {
    this.#number++
    if (text === '' || (this.#number > 1 && !this.#head)) return
    await this.#tell(this.#number, async () => {
      if (this.#number > 1) return this.#add(parseLine(text))
      const head = parseHead(text)
      await this.#into.begin(head)
      this.#head = head
    })
  }

  async finish(): Promise<Whole | undefined> {
    if (!this.#head && this.problems.length === 0) this.problems.push('There is nothing in this file.')
    if (this.problems.length > 0 || !this.#head) return undefined
    const whole = { head: this.#head, messages: this.#messages.size, epochs: this.#epochs }
    await this.#tell(1, async () => this.#into.finish(whole))
    return this.problems.length === 0 ? whole : undefined
  }

  async #add(line: Line): Promise<void> {
    if (!this.#head) return
    const { kind, id, of, posted } = line
    if (id.seq <= this.#seq) throw refusal('Its id must come after that of the line before.')
    if (id.seq > this.#head.seq) throw refusal('Its id comes after the newest one that the first line names.')
    if (of && of.seq >= id.seq) throw refusal('It must come after the message that it is about.')
    if (of && kind === 'deleted' && this.#messages.has(of.seq))
      throw refusal('The message that it deletes is still in the file.')
    this.#seq = id.seq
    this.#epochs.set(id.epoch, id.seq)
    if (posted) this.#messages.add(id.seq)
    await this.#into.add(line)
  }

  async #tell(number: number, step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.problems.push(`Line ${number}: ${error.message}`)
    }
  }
}

/** A room of this name is kept where one is to be brought to. */
export function alreadyThere(room: Slug): Refusal {
  return refusal(`There is already a kept room “${room}”: delete it first.`)
}

function refusal(sentence: string): Refusal {
  return new Refusal('invalid', sentence)
}
