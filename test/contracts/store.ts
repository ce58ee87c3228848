import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatId, type Posted, type RoomEvent } from '../../src/chat/event.ts'
import type { Settings } from '../../src/chat/kept-room.ts'
import type { Member } from '../../src/chat/member.ts'
import { parseDraft } from '../../src/chat/message.ts'
import type { EditAuthorization, Store } from '../../src/chat/ports/store.ts'
import { parseSlug } from '../../src/chat/room.ts'
import type { Signal } from '../../src/chat/signal.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../support/events.ts'
import { refused } from '../support/refused.ts'

/** A store that keeps nothing yet, what it carried, and its time. */
export interface StoreUnderTest {
  readonly store: Store
  /** What the lobby’s listeners were told of it, as soon as it is so much. */
  publishedEvents(count: number): Promise<readonly RoomEvent[]>
  /** The signals that they heard of it, as soon as there are so many. */
  signals(count: number): Promise<readonly Signal[]>
  /** What makes Ada the author of what she wrote in the lobby. */
  readonly changer: EditAuthorization
  /** Lets this time pass for what is kept. */
  advance(ms: number): Promise<void>
  /** Opens what was kept anew, as after a restart. */
  reopen(): Promise<Store>
  close(): Promise<void>
}

const FOREVER: Settings = { retention: undefined, keep: undefined, listed: false }
const DAY_MS = 86_400_000
const OTHER = parseSlug('other')

/** What every store does. */
export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  function it(does: string, run: (under: StoreUnderTest) => Promise<void>): void {
    test(`${name}: ${does}`, async (t) => {
      const under = await make()
      t.after(() => under.close())
      await run(under)
    })
  }

  it('a message is stored whole, as it is answered and carried, and outlives a restart', async (under) => {
    const { store } = under
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const message = await appendText(store, 'a\n\t*b* 👩‍👩‍👧')
    assert.deepEqual(await under.publishedEvents(1), [message])
    assert.deepEqual(await newestTexts(store), ['a\n\t*b* 👩‍👩‍👧'])
    const again = await under.reopen()
    const page = await again.readPage(LOBBY, { kind: 'newest' }, 10)
    assert.deepEqual(page, { messages: [message], older: false, newer: false, top: message.id })
  })

  it('numbers begin at 1 and have no holes, and are carried in their order, however many post at once', async ({
    store,
    publishedEvents,
  }) => {
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const posted = await Promise.all(
      Array.from({ length: 300 }, (_, n) => appendText(store, `${n}`, n % 2 ? ADA : BOB)),
    )
    assert.deepEqual(
      posted.map(({ id }) => id.seq),
      Array.from({ length: 300 }, (_, n) => n + 1),
    )
    assert.deepEqual(await publishedEvents(300), posted)
  })

  it('the same key of the same member gives the same message once, over a restart too, and with another text is refused', async (under) => {
    await under.store.createRoom(LOBBY, FOREVER, 'owner')
    const first = await appendText(under.store, 'once', ADA, 'k')
    const bobs = await appendText(under.store, 'once', BOB, 'k')
    assert.notDeepEqual(bobs.id, first.id)
    const again = await under.reopen()
    assert.deepEqual(await appendText(again, 'once', ADA, 'k'), first)
    await assert.rejects(appendText(again, 'twice', ADA, 'k'), refused('invalid'))
    assert.equal((await again.top(LOBBY)).seq, 2)
    await under.advance(DAY_MS + 60_000)
    assert.equal((await appendText(again, 'once', ADA, 'k')).id.seq, 3)
  })

  it('what happened after any event is told exactly, once and in order', async (under) => {
    const { store } = under
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const [one, two, three] = [
      await appendText(store, '1'),
      await appendText(store, '2'),
      await appendText(store, '3'),
    ]
    const { changer } = under
    const edited = await store.edit(LOBBY, two.id, changer, 'two')
    const deleted = await store.deleteMessage(LOBBY, three.id, changer)
    const top = await store.top(LOBBY)
    assert.deepEqual(top, deleted.id)
    const now = { ...two, text: 'two', editedAt: edited.at }
    assert.deepEqual(edited.message, now)
    const zero = { ...one.id, seq: 0 }
    assert.deepEqual(await store.readEvents(LOBBY, zero, top, 100), [one, now, edited, deleted])
    assert.deepEqual(await store.readEvents(LOBBY, two.id, top, 100), [edited, deleted])
    assert.deepEqual(await store.readEvents(LOBBY, zero, two.id, 100), [one, now])
    assert.deepEqual(await store.readEvents(LOBBY, zero, top, 1), [one])
    assert.deepEqual(await store.readEvents(LOBBY, top, top, 100), [])
    const carried = await under.publishedEvents(5)
    assert.deepEqual(carried, [one, two, three, edited, deleted])
  })

  it('who listens is told that the room is made, keeps something else and is deleted, as soon as it is so', async (under) => {
    const { store } = under
    await store.createRoom(LOBBY, FOREVER, 'owner')
    await store.createRoom(LOBBY, { ...FOREVER, keep: 7 }, 'another')
    // Being listed is nothing to those who are in it.
    await store.changeSettings(LOBBY, { ...FOREVER, listed: true })
    const settings = { retention: DAY_MS, keep: 5, listed: true }
    await store.changeSettings(LOBBY, settings)
    await store.deleteRoom(LOBBY)
    assert.deepEqual(await under.signals(3), [
      { kind: 'settings', settings: FOREVER, made: true },
      { kind: 'settings', settings, made: false },
      { kind: 'closed' },
    ])
  })

  it('only its author or the owner changes a message, and what is gone can’t be changed', async (under) => {
    const { store } = under
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const message = await appendText(store, 'mine')
    const mine = under.changer
    await assert.rejects(store.edit(LOBBY, message.id, { by: 'another' }, 'theirs'), refused('forbidden'))
    await assert.rejects(store.deleteMessage(LOBBY, message.id, { by: 'another' }), refused('forbidden'))
    await store.edit(LOBBY, message.id, 'owner', 'by the owner')
    await store.edit(LOBBY, message.id, mine, 'by me')
    assert.deepEqual(await newestTexts(store), ['by me'])
    await store.deleteMessage(LOBBY, message.id, mine)
    await assert.rejects(store.deleteMessage(LOBBY, message.id, mine), refused('not-found'))
    await assert.rejects(store.edit(LOBBY, message.id, 'owner', 'x'), refused('not-found'))
    assert.deepEqual(await newestTexts(store), [])
  })

  it('pages hold the newest, those before one and those around one, and say whether there are more', async ({
    store,
  }) => {
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const all: Posted[] = []
    for (let n = 1; n <= 9; n++) all.push(await appendText(store, `${n}`))
    await store.deleteMessage(LOBBY, all[4]?.id ?? assert.fail(), 'owner')
    const page = async (...[of, limit]: [Parameters<Store['readPage']>[1], number]) => {
      const { messages, older, newer } = await store.readPage(LOBBY, of, limit)
      return [messages.map(({ text }) => text).join(''), older, newer]
    }
    const id = (n: number) => all[n - 1]?.id ?? assert.fail()
    assert.deepEqual(await page({ kind: 'newest' }, 3), ['789', true, false])
    assert.deepEqual(await page({ kind: 'newest' }, 8), ['12346789', false, false])
    assert.deepEqual(await page({ kind: 'before', id: id(7) }, 3), ['346', true, true])
    assert.deepEqual(await page({ kind: 'before', id: id(3) }, 3), ['12', false, true])
    assert.deepEqual(await page({ kind: 'after', id: id(4) }, 3), ['678', true, true])
    assert.deepEqual(await page({ kind: 'after', id: { ...id(4), seq: 0 } }, 8), ['12346789', false, false])
    assert.deepEqual(await page({ kind: 'after', id: id(9) }, 3), ['', true, false])
    assert.deepEqual(await page({ kind: 'around', id: id(4) }, 4), ['3467', true, true])
    assert.deepEqual(await page({ kind: 'around', id: id(9) }, 4), ['6789', true, false])
    assert.deepEqual(await page({ kind: 'around', id: id(1) }, 4), ['123', false, true])
  })

  it('a room is made once, has its settings and its owner, and they can be changed', async (under) => {
    const { store } = under
    assert.equal(await store.findKeptRoom(LOBBY), undefined)
    assert.deepEqual(await store.createRoom(LOBBY, FOREVER, 'owner'), { slug: LOBBY, ...FOREVER })
    assert.equal(await store.createRoom(LOBBY, FOREVER, 'thief'), undefined)
    assert.deepEqual(
      [await store.isOwner(LOBBY, 'owner'), await store.isOwner(LOBBY, 'thief')],
      [true, false],
    )
    const settings = { retention: DAY_MS, keep: 100, listed: true }
    assert.deepEqual(await store.changeSettings(LOBBY, settings), { slug: LOBBY, ...settings })
    const again = await under.reopen()
    assert.deepEqual(await again.findKeptRoom(LOBBY), { slug: LOBBY, ...settings })
    await again.createRoom(OTHER, FOREVER, 'owner')
    assert.deepEqual(await again.listedRooms(), [LOBBY])
    await again.changeSettings(LOBBY, FOREVER)
    assert.deepEqual(await again.listedRooms(), [])
  })

  it('what holds of other sites’ pages outlives a restart and changes of the room, and goes with it', async (under) => {
    const { store } = under
    const none = { origins: undefined, secret: undefined }
    assert.deepEqual(await store.readEmbedding(LOBBY), none)
    await assert.rejects(store.changeEmbedding(LOBBY, none), refused('not-found'))
    await store.createRoom(LOBBY, FOREVER, 'owner')
    assert.deepEqual(await store.readEmbedding(LOBBY), none)
    const all = { origins: ['https://blog.example', 'https://*.shop.example:8443'], secret: 'a secret' }
    await store.changeEmbedding(LOBBY, all)
    assert.deepEqual(await store.readEmbedding(LOBBY), all)
    const again = await under.reopen()
    await again.changeSettings(LOBBY, { ...FOREVER, keep: 7 })
    assert.deepEqual(await again.readEmbedding(LOBBY), all)
    await again.changeEmbedding(LOBBY, { origins: [], secret: undefined })
    assert.deepEqual(await again.readEmbedding(LOBBY), { origins: [], secret: undefined })
    await again.changeEmbedding(LOBBY, all)
    await again.deleteRoom(LOBBY)
    assert.deepEqual(await again.readEmbedding(LOBBY), none)
    await under.advance(30 * DAY_MS + 60_000)
    await again.createRoom(LOBBY, FOREVER, 'other')
    assert.deepEqual(await again.readEmbedding(LOBBY), none)
  })

  it('a deleted room is gone with all that was said, and its name is nobody’s for 30 days', async (under) => {
    const { store } = under
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const message = await appendText(store, 'gone soon')
    await store.deleteRoom(LOBBY)
    assert.equal(await store.findKeptRoom(LOBBY), undefined)
    const uses = [
      () => appendText(store, 'more'),
      () => store.top(LOBBY),
      () => store.changeSettings(LOBBY, FOREVER),
      () => store.deleteRoom(LOBBY),
    ]
    for (const use of uses) await assert.rejects(use, refused('not-found'))
    await assert.rejects(store.createRoom(LOBBY, FOREVER, 'other'), refused('conflict'))
    const again = await under.reopen()
    assert.ok(((await again.reservedUntil(LOBBY)) ?? 0) > message.at + 29 * DAY_MS)
    await under.advance(30 * DAY_MS + 60_000)
    assert.equal(await again.reservedUntil(LOBBY), undefined)
    assert.ok(await again.createRoom(LOBBY, FOREVER, 'other'))
    assert.equal((await again.top(LOBBY)).seq, 0)
    assert.notEqual((await again.top(LOBBY)).epoch, message.id.epoch)
    assert.deepEqual(await newestTexts(again), [])
  })

  it('messages last as long, and as many of them, as the room was told; what is over is never shown', async ({
    store,
    advance,
  }) => {
    await store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
    await store.createRoom(OTHER, { retention: undefined, keep: 2, listed: false }, 'owner')
    const first = await appendText(store, 'first')
    for (const text of ['a', 'b', 'c']) await store.append(OTHER, ADA, AUTHOR, parseDraft({ text }))
    await advance(DAY_MS / 2)
    await appendText(store, 'second')
    await advance(DAY_MS / 2 + 60_000)
    assert.deepEqual(await newestTexts(store), ['second'])
    assert.deepEqual(
      (await store.readPage(OTHER, { kind: 'newest' }, 9)).messages.map(({ text }) => text),
      ['b', 'c'],
    )
    const events = await store.readEvents(LOBBY, { ...first.id, seq: 0 }, await store.top(LOBBY), 9)
    assert.deepEqual(
      events.map(({ kind, id }) => [kind, id.seq]),
      [['posted', 2]],
    )
    assert.equal(await store.hasEvent(LOBBY, first.id), true)
    assert.equal((await appendText(store, 'third')).id.seq, 3)
  })

  it('a cursor is known that stood for something here, and no other', async ({ store }) => {
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const { id } = await appendText(store, 'one')
    assert.equal(await store.hasEvent(LOBBY, id), true)
    assert.equal(await store.hasEvent(LOBBY, { ...id, seq: 0 }), true)
    assert.equal(await store.hasEvent(LOBBY, { ...id, seq: 2 }), false)
    assert.equal(await store.hasEvent(LOBBY, { ...id, epoch: '1' }), false)
  })

  it('rooms know nothing of each other, and any name is ordinary', async ({ store }) => {
    for (const room of ['lobby', 'constructor', 'proto'].map(parseSlug)) {
      await store.createRoom(room, FOREVER, room)
      const draft = parseDraft({ text: room, key: '__proto__' })
      assert.equal((await store.append(room, ADA, AUTHOR, draft)).id.seq, 1, formatId(await store.top(room)))
    }
    assert.deepEqual(await newestTexts(store), ['lobby'])
  })
}

function appendText(store: Store, text: string, who: Member = ADA, key?: string): Promise<Posted> {
  return store.append(LOBBY, who, AUTHOR, parseDraft({ text, key }))
}

async function newestTexts(store: Store): Promise<string[]> {
  return (await store.readPage(LOBBY, { kind: 'newest' }, 100)).messages.map(({ text }) => text)
}
