import assert from 'node:assert/strict'
import fc from 'fast-check'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import type { Chat } from '../../../src/chat/chat.ts'
import { catchUp, PAGE_MESSAGES } from '../../../src/chat/delivery/catch-up.ts'
import type { Feed } from '../../../src/chat/delivery/feed.ts'
import type { Subscriber } from '../../../src/chat/delivery/subscriber.ts'
import { type EventId, formatId, parseCursor } from '../../../src/chat/event.ts'
import { MessageCache } from '../../../src/chat/history/message-cache.ts'
import { Refusal } from '../../../src/chat/refusal.ts'
import type { Slug } from '../../../src/chat/room.ts'
import { ClientView } from '../client-view.ts'
import { ADA, AUTHOR } from '../events.ts'
import { readSse } from '../http/read-sse.ts'

/** A step in the simulation of a kept room. It does not wait for earlier steps to end. */
export type KeptRoomStep =
  | { readonly kind: 'post' | 'open page' | 'time passes' }
  | { readonly kind: 'edit' | 'delete' | 'leave' | 'reconnect'; readonly pick: number }
  | { readonly kind: 'many posts'; readonly count: number }

const pick = fc.nat({ max: 99 })

export const anyKeptRoomStep: fc.Arbitrary<KeptRoomStep> = fc.oneof(
  { weight: 32, arbitrary: fc.constant<KeptRoomStep>({ kind: 'post' }) },
  { weight: 12, arbitrary: fc.constant<KeptRoomStep>({ kind: 'open page' }) },
  { weight: 24, arbitrary: fc.constant<KeptRoomStep>({ kind: 'time passes' }) },
  {
    weight: 48,
    arbitrary: fc.record({ kind: fc.constantFrom('edit', 'delete', 'leave', 'reconnect'), pick }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('many posts'), count: fc.constantFrom(20, 60, 230) }),
  },
)

class Reader implements Subscriber<string> {
  readonly format = 'json'
  readonly view: ClientView
  readonly ready: (() => Promise<void>) | undefined
  open = true
  feed: Feed<string> | undefined
  #sent = ''
  #last = 0

  constructor(view: ClientView, ready: (() => Promise<void>) | undefined) {
    this.view = view
    this.ready = ready
  }

  send(chunk: string): void {
    if (!this.open) return
    this.#sent += chunk
  }

  /** Applies what was sent to the view. Every seq must be higher than the one before. */
  applySent(): void {
    for (const event of readSse(this.#sent).events) {
      const id = parseCursor(event.id ?? '')
      if (id && event.event !== 'gap' && event.event !== 'open')
        assert.ok(id.seq > this.#last, `${event.id} came after ${this.#last}`)
      if (id) this.#last = id.seq
      this.view.apply(event)
    }
    this.#sent = ''
  }
}

type SimulationTools = Pick<Chat<string>, 'store' | 'bus' | 'hub' | 'clock' | 'secrets'>

/** Long messages, so that missed messages come in several chunks, and readers who are slow at each chunk. */
export interface SlowReaders {
  readonly padding: string
  readonly ready: () => Promise<void>
}

/** A kept room and its readers. Each reader has the view of a page that it opened. */
export class KeptRoomSimulation {
  readonly #chat: SimulationTools & Pick<Chat, 'messageCache'>
  readonly #room: Slug
  readonly #views: ClientView[] = []
  readonly #readers = new Map<ClientView, Reader>()
  readonly #ids: EventId[] = []
  readonly #pending = new Set<Promise<unknown>>()
  readonly #slowReaders: SlowReaders | undefined
  #count = 0

  constructor(chat: SimulationTools, room: Slug, slowness?: SlowReaders) {
    this.#chat = { ...chat, messageCache: new MessageCache(chat.clock) }
    this.#room = room
    this.#slowReaders = slowness
  }

  run(step: KeptRoomStep): void {
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
      case 'open page':
        this.#track(this.#openPage())
        break
      case 'leave':
        this.#leave(this.#pickView(step.pick))
        break
      case 'reconnect':
        this.#track(this.#follow(this.#pickView(step.pick)))
        break
      case 'time passes':
    }
  }

  /** Whether a step has not ended yet. */
  get isBusy(): boolean {
    return this.#pending.size > 0
  }

  /** Reconnects all readers. */
  reconnectAll(): void {
    for (const view of this.#views) this.#track(this.#reconnect(view))
  }

  async assertViewsAgree(): Promise<void> {
    const all = (await this.#chat.store.readPage(this.#room, { kind: 'newest' }, 10_000)).messages
    for (const view of this.#views) {
      this.#readers.get(view)?.applySent()
      const shown = view.messages
      const expected = all.slice(-shown.length).map(({ id, text }) => [formatId(id), text])
      assert.deepEqual(shown, shown.length === 0 ? [] : expected)
      assert.ok(shown.length >= Math.min(all.length, PAGE_MESSAGES) - view.deleted)
      assert.equal(view.cursor, formatId(await this.#chat.store.top(this.#room)))
    }
  }

  #track(operation: Promise<unknown>): void {
    const done = operation.catch((error) => {
      if (!(error instanceof Refusal)) throw error
    })
    this.#pending.add(done)
    void done.finally(() => this.#pending.delete(done))
  }

  #post(): void {
    const draft = { text: this.#text('message'), key: undefined }
    this.#track(
      this.#chat.store.append(this.#room, ADA, AUTHOR, draft).then(({ id }) => {
        this.#ids.push(id)
      }),
    )
  }

  #change(kind: 'edit' | 'delete', id: EventId | undefined): void {
    if (!id) return
    const { store, secrets } = this.#chat
    const changer = { by: authorDigest(secrets, this.#room, ADA) }
    if (kind === 'delete') this.#track(store.deleteMessage(this.#room, id, changer))
    else this.#track(store.edit(this.#room, id, changer, this.#text('edited')))
  }

  #text(prefix: string): string {
    return `${prefix} ${++this.#count}${this.#slowReaders?.padding ?? ''}`
  }

  async #openPage(): Promise<void> {
    const { messages, top } = await this.#chat.store.readPage(this.#room, { kind: 'newest' }, PAGE_MESSAGES)
    const shown = messages.map(({ id, text }): [string, string] => [formatId(id), text])
    const view = new ClientView(shown, formatId(top))
    this.#views.push(view)
    await this.#follow(view)
  }

  async #follow(view: ClientView | undefined): Promise<void> {
    if (!view || this.#readers.get(view)?.open) return
    const reader = new Reader(view, this.#slowReaders?.ready)
    this.#readers.set(view, reader)
    const requested = parseCursor(view.cursor)
    assert.ok(requested)
    try {
      const feed = await this.#chat.hub.feed(this.#room)
      reader.feed = feed
      await catchUp(this.#chat, this.#room, feed, reader, { requested, issued: undefined })
      if (!reader.open) feed.leave(reader)
    } catch (error) {
      // The reader receives nothing any more, and can reconnect.
      reader.open = false
      throw error
    }
  }

  /** Reconnects, again if a busy machine refuses it. */
  async #reconnect(view: ClientView): Promise<void> {
    try {
      await this.#follow(view)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await this.#reconnect(view)
    }
  }

  #leave(view: ClientView | undefined): void {
    const reader = view && this.#readers.get(view)
    if (!reader?.open) return
    reader.applySent()
    reader.open = false
    reader.feed?.leave(reader)
  }

  #pickView(pick: number): ClientView | undefined {
    return this.#views[pick % Math.max(1, this.#views.length)]
  }
}
