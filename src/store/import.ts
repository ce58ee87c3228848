import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { epochTime } from '../chat/event.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import { epochAfter } from './epochs.ts'
import { type Head, type Line, parseHead, parseLine } from './line.ts'

/** Lines that are told of; whoever has more of them has another file. */
const PROBLEMS_MAX = 10

const SQL = {
  room: 'SELECT id, owner FROM rooms WHERE slug = ?',
  release: "UPDATE rooms SET slug = '/' || id, reserved_until = 0 WHERE id = ?",
  create: `INSERT INTO rooms (slug, epoch, seq, messages, retention, keep, listed, owner)
    VALUES (?, '0', ?, 0, ?, ?, ?, ?)`,
  event: `INSERT INTO events
    (room, seq, epoch, kind, at, of, of_epoch, author, name, tag, verified, text, edited_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  finish: 'UPDATE rooms SET epoch = ?, messages = ? WHERE id = ?',
} as const

type Statements = { readonly [Name in keyof typeof SQL]: StatementSync }

export interface Imported {
  readonly slug: Slug
  readonly messages: number
  /** Whether the export told who the owner is. */
  readonly owned: boolean
}

/**
 * Brings an exported room back, whole or not at all. It goes on in a new epoch, for readers may hold ids of what came
 * after the export; over the reservation of a deleted room too, which is what exports are for.
 * @param owner proves the owner's link where the export does not
 * @returns or one line per problem
 */
export async function importRoom(
  database: DatabaseSync,
  lines: AsyncIterable<string>,
  { now, owner }: { readonly now: number; readonly owner: string },
): Promise<Imported | { readonly problems: readonly string[] }> {
  database.exec('BEGIN IMMEDIATE')
  try {
    const importing = new Importing(database, now, owner)
    for await (const text of lines) {
      importing.take(text)
      if (importing.problems.length >= PROBLEMS_MAX) break
    }
    const imported = importing.finish()
    if (imported) {
      database.exec('COMMIT')
      return imported
    }
    return { problems: importing.problems }
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
  }
}

class Importing {
  readonly problems: string[] = []
  readonly #run: Statements
  readonly #now: number
  readonly #owner: string
  readonly #messages = new Set<number>()
  #number = 0
  #room: { readonly id: number; readonly head: Head } | undefined
  #epoch = '0'
  #seq = 0

  constructor(database: DatabaseSync, now: number, owner: string) {
    this.#now = now
    this.#owner = owner
    this.#run = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Statements
  }

  take(text: string): void {
    this.#number++
    if (text === '' || (this.#number > 1 && !this.#room)) return
    try {
      if (this.#number === 1) this.#begin(parseHead(text))
      else this.#add(parseLine(text))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.problems.push(`Line ${this.#number}: ${error.message}`)
    }
  }

  finish(): Imported | undefined {
    if (!this.#room && this.problems.length === 0) this.problems.push('There is nothing in this file.')
    if (this.problems.length > 0 || !this.#room) return undefined
    const { id, head } = this.#room
    this.#run.finish.run(epochAfter(this.#epoch, this.#now), this.#messages.size, id)
    return { slug: head.slug, messages: this.#messages.size, owned: head.owner !== undefined }
  }

  #begin(head: Head): void {
    const { slug, settings, seq, owner } = head
    const there = this.#run.room.get(slug)
    if (there?.owner) throw refusal(`There is a kept room “${slug}” already: delete that one first.`)
    if (there) this.#run.release.run(Number(there.id))
    const { retention, keep, listed } = settings
    const { lastInsertRowid } = this.#run.create.run(
      slug,
      seq,
      retention ?? null,
      keep ?? null,
      listed ? 1 : 0,
      owner ?? this.#owner,
    )
    this.#room = { id: Number(lastInsertRowid), head }
  }

  #add({ kind, id, at, of, posted }: Line): void {
    if (!this.#room) return
    const { head, id: room } = this.#room
    if (id.seq <= this.#seq) throw refusal('Its id must come after that of the line before.')
    if (id.seq > head.seq) throw refusal('Its id comes after the newest that the first line tells of.')
    if (of && of.seq >= id.seq) throw refusal('It must stand after the message that it tells of.')
    if (of && kind === 'deleted' && this.#messages.has(of.seq))
      throw refusal('The message that it deletes is there.')
    this.#seq = id.seq
    if (epochTime(id.epoch) > epochTime(this.#epoch)) this.#epoch = id.epoch
    if (posted) this.#messages.add(id.seq)
    const pointer = [of?.seq ?? null, of?.epoch ?? null]
    const message = posted
      ? [
          posted.by ?? null,
          posted.name,
          posted.tag,
          posted.verified ? 1 : 0,
          posted.text,
          posted.editedAt ?? null,
        ]
      : [null, null, null, null, null, null]
    this.#run.event.run(room, id.seq, id.epoch, kind, at, ...pointer, ...message)
  }
}

function refusal(sentence: string): Refusal {
  return new Refusal('invalid', sentence)
}
