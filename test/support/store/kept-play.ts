import assert from 'node:assert/strict'
import fc from 'fast-check'
import { authorship } from '../../../src/chat/author-digest.ts'
import type { Chat } from '../../../src/chat/chat.ts'
import { catchUp, PAGE_MESSAGES } from '../../../src/chat/delivery/catch-up.ts'
import type { Feed } from '../../../src/chat/delivery/feed.ts'
import type { Subscriber } from '../../../src/chat/delivery/subscriber.ts'
import { type EventId, formatId, parseCursor } from '../../../src/chat/event.ts'
import { Refusal } from '../../../src/chat/refusal.ts'
import type { Slug } from '../../../src/chat/room.ts'
import { ADA, AUTHOR } from '../events.ts'
import { readSse } from '../http/read-sse.ts'
import { ShownLog } from '../shown-log.ts'

/** Something that happens in a kept room; nobody waits for what was begun before. */
export type KeptStep =
  | { readonly kind: 'post' | 'come' | 'time passes' }
  | { readonly kind: 'edit' | 'delete' | 'leave' | 'come back'; readonly pick: number }
  | { readonly kind: 'many posts'; readonly count: number }

const pick = fc.nat({ max: 99 })

export const anyKeptStep: fc.Arbitrary<KeptStep> = fc.oneof(
  { weight: 32, arbitrary: fc.constant<KeptStep>({ kind: 'post' }) },
  { weight: 12, arbitrary: fc.constant<KeptStep>({ kind: 'come' }) },
  { weight: 24, arbitrary: fc.constant<KeptStep>({ kind: 'time passes' }) },
  {
    weight: 48,
    arbitrary: fc.record({ kind: fc.constantFrom('edit', 'delete', 'leave', 'come back'), pick }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('many posts'), count: fc.constantFrom(20, 60, 230) }),
  },
)

class Reader implements Subscriber<string> {
  readonly format = 'json'
  readonly log: ShownLog
  readonly ready: (() => Promise<void>) | undefined
  open = true
  feed: Feed<string> | undefined
  #sent = ''
  #last = 0

  constructor(log: ShownLog, ready: (() => Promise<void>) | undefined) {
    this.log = log
    this.ready = ready
  }

  send(parcel: string): void {
    if (!this.open) return
    this.#sent += parcel
  }

  /** Shows what was sent, in which every number is above the one before. */
  look(): void {
    for (const event of readSse(this.#sent).events) {
      const id = parseCursor(event.id ?? '')
      if (id && event.event !== 'gap' && event.event !== 'open')
        assert.ok(id.seq > this.#last, `${event.id} came after ${this.#last}`)
      if (id) this.#last = id.seq
      this.log.take(event)
    }
    this.#sent = ''
  }
}

type PlayTools = Pick<Chat<string>, 'store' | 'bus' | 'hub' | 'clock' | 'secrets'>

/** Messages so long that much of what a reader missed is more than it is brought at once, and readers who take a while for each piece. */
export interface Slowness {
  readonly padding: string
  readonly ready: () => Promise<void>
}

/** A kept room and its readers, each of which holds the log of a page that it was given. */
export class KeptPlay {
  readonly #chat: PlayTools
  readonly #room: Slug
  readonly #logs: ShownLog[] = []
  readonly #readers = new Map<ShownLog, Reader>()
  readonly #ids: EventId[] = []
  readonly #doing = new Set<Promise<unknown>>()
  readonly #slowness: Slowness | undefined
  #count = 0

  constructor(chat: PlayTools, room: Slug, slowness?: Slowness) {
    this.#chat = chat
    this.#room = room
    this.#slowness = slowness
  }

  run(step: KeptStep): void {
    switch (step.kind) {
      case 'post':
        this.#post()
        break
      case 'many posts':
        for (let n = 0; n < step.count; n++) this.#post()
        break
      case 'edit':
      case 'delete':
        this.#change(step.kind, this.#ids[step.pick % Math.max(1, this.#ids.length)])
        break
      case 'come':
        this.#do(this.#come())
        break
      case 'leave':
        this.#leave(this.#pickLog(step.pick))
        break
      case 'come back':
        this.#do(this.#follow(this.#pickLog(step.pick)))
        break
      case 'time passes':
    }
  }

  /** Whether something is under way. */
  get busy(): boolean {
    return this.#doing.size > 0
  }

  /** Everybody comes back. */
  gather(): void {
    for (const log of this.#logs) this.#do(this.#return(log))
  }

  async assertAllShowTheSame(): Promise<void> {
    const all = (await this.#chat.store.page(this.#room, { kind: 'newest' }, 10_000)).messages
    for (const log of this.#logs) {
      this.#readers.get(log)?.look()
      const shown = log.messages
      const due = all.slice(-shown.length).map(({ id, text }) => [formatId(id), text])
      assert.deepEqual(shown, shown.length === 0 ? [] : due)
      assert.ok(shown.length >= Math.min(all.length, PAGE_MESSAGES) - log.deleted)
      assert.equal(log.cursor, formatId(await this.#chat.store.top(this.#room)))
    }
  }

  #do(what: Promise<unknown>): void {
    const done = what.catch((error) => {
      if (!(error instanceof Refusal)) throw error
    })
    this.#doing.add(done)
    void done.finally(() => this.#doing.delete(done))
  }

  #post(): void {
    const draft = { text: this.#text('message'), key: undefined }
    this.#do(
      this.#chat.store.append(this.#room, ADA, AUTHOR, draft).then(({ id }) => {
        this.#ids.push(id)
      }),
    )
  }

  #change(kind: 'edit' | 'delete', id: EventId | undefined): void {
    if (!id) return
    const { store, secrets } = this.#chat
    const changer = { by: authorship(secrets, this.#room, ADA) }
    if (kind === 'delete') this.#do(store.erase(this.#room, id, changer))
    else this.#do(store.edit(this.#room, id, changer, this.#text('edited')))
  }

  #text(what: string): string {
    return `${what} ${++this.#count}${this.#slowness?.padding ?? ''}`
  }

  async #come(): Promise<void> {
    const { messages, top } = await this.#chat.store.page(this.#room, { kind: 'newest' }, PAGE_MESSAGES)
    const shown = messages.map(({ id, text }): [string, string] => [formatId(id), text])
    const log = new ShownLog(shown, formatId(top))
    this.#logs.push(log)
    await this.#follow(log)
  }

  async #follow(log: ShownLog | undefined): Promise<void> {
    if (!log || this.#readers.get(log)?.open) return
    const reader = new Reader(log, this.#slowness?.ready)
    this.#readers.set(log, reader)
    const asked = parseCursor(log.cursor)
    assert.ok(asked)
    try {
      const feed = await this.#chat.hub.feed(this.#room)
      reader.feed = feed
      await catchUp(this.#chat, this.#room, feed, reader, { asked, given: undefined })
      if (!reader.open) feed.leave(reader)
    } catch (error) {
      // Nothing comes to it, and it can be had again.
      reader.open = false
      throw error
    }
  }

  /** A machine that is busy refuses some; they come again. */
  async #return(log: ShownLog): Promise<void> {
    try {
      await this.#follow(log)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await this.#return(log)
    }
  }

  #leave(log: ShownLog | undefined): void {
    const reader = log && this.#readers.get(log)
    if (!reader?.open) return
    reader.look()
    reader.open = false
    reader.feed?.leave(reader)
  }

  #pickLog(pick: number): ShownLog | undefined {
    return this.#logs[pick % Math.max(1, this.#logs.length)]
  }
}
