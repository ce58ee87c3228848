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

/** An empty store, what it published, and its clock. */
export interface StoreUnderTest {
  readonly store: Store
  /** Resolves with the events that listeners of the lobby received, once there are at least `count`. */
  publishedEvents(count: number): Promise<readonly RoomEvent[]>
  /** Resolves with the signals that they received, once there are at least `count`. */
  signals(count: number): Promise<readonly Signal[]>
  /** Ada's right to change her messages in the lobby. */
  readonly changer: EditAuthorization
  /** Advances the time of messages, keys and reservations, in milliseconds. */
  advance(ms: number): Promise<void>
  /** Opens the stored rooms again, as after a restart. */
  reopen(): Promise<Store>
  close(): Promise<void>
}

const FOREVER: Settings = { retention: undefined, keep: undefined, listed: false }
const DAY_MS = 86_400_000
const OTHER = parseSlug('other')

/** The contract of every store. */
export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  function it(title: string, run: (fixture: StoreUnderTest) => Promise<void>): void {
    test(`${title} (${name})`, async (t) => {
      const fixture = await make()
      t.after(() => fixture.close())
      await run(fixture)
    })
  }

  it('a message is stored whole, as it is returned and published, and survives a restart', async (fixture) => {
    const { store } = fixture
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const message = await appendText(store, 'a\n\t*b* 👩‍👩‍👧')
    assert.deepEqual(await fixture.publishedEvents(1), [message])
    assert.deepEqual(await newestTexts(store), ['a\n\t*b* 👩‍👩‍👧'])
    const again = await fixture.reopen()
    const page = await again.readPage(LOBBY, { kind: 'newest' }, 10)
    assert.deepEqual(page, { messages: [message], older: false, newer: false, top: message.id })
  })

  it('P4: the seq begins at 1, has no holes and is the order of publication, however many members post at once', async ({
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

  it('P5: the same key of the same member gives the same message once, even after a restart, and is refused with another text', async (fixture) => {
    await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
    const first = await appendText(fixture.store, 'once', ADA, 'k')
    const bobs = await appendText(fixture.store, 'once', BOB, 'k')
    assert.notDeepEqual(bobs.id, first.id)
    const again = await fixture.reopen()
    assert.deepEqual(await appendText(again, 'once', ADA, 'k'), first)
    await assert.rejects(appendText(again, 'twice', ADA, 'k'), refused('invalid'))
    assert.equal((await again.top(LOBBY)).seq, 2)
    await fixture.advance(DAY_MS + 60_000)
    assert.equal((await appendText(again, 'once', ADA, 'k')).id.seq, 3)
  })

  it('the events after any event are read completely, once and in order', async (fixture) => {
    const { store } = fixture
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const [one, two, three] = [
      await appendText(store, '1'),
      await appendText(store, '2'),
      await appendText(store, '3'),
    ]
    const { changer } = fixture
    const edited = await store.edit(LOBBY, two.id, changer, 'two')
    const deleted = await store.deleteMessage(LOBBY, three.id, changer)
    const top = await store.top(LOBBY)
    assert.deepEqual(top, deleted.id)
    const present = { ...two, text: 'two', editedAt: edited.at }
    assert.deepEqual(edited.message, present)
    const zero = { ...one.id, seq: 0 }
    assert.deepEqual(await store.readEvents(LOBBY, zero, top, 100), [one, present, edited, deleted])
    assert.deepEqual(await store.readEvents(LOBBY, two.id, top, 100), [edited, deleted])
    assert.deepEqual(await store.readEvents(LOBBY, zero, two.id, 100), [one, present])
    assert.deepEqual(await store.readEvents(LOBBY, zero, top, 1), [one])
    assert.deepEqual(await store.readEvents(LOBBY, top, top, 100), [])
    const published = await fixture.publishedEvents(5)
    assert.deepEqual(published, [one, two, three, edited, deleted])
  })

  it('listeners receive a signal when the room is created, when its retention changes and when it is deleted', async (fixture) => {
    const { store } = fixture
    await store.createRoom(LOBBY, FOREVER, 'owner')
    await store.createRoom(LOBBY, { ...FOREVER, keep: 7 }, 'another')
    // Listing a room changes nothing for the members in it.
    await store.changeSettings(LOBBY, { ...FOREVER, listed: true })
    const settings = { retention: DAY_MS, keep: 5, listed: true }
    await store.changeSettings(LOBBY, settings)
    await store.deleteRoom(LOBBY)
    assert.deepEqual(await fixture.signals(3), [
      { kind: 'settings', settings: FOREVER, made: true },
      { kind: 'settings', settings, made: false },
      { kind: 'closed' },
    ])
  })

  it('only its author or the owner can change a message, and a deleted one can’t be changed', async (fixture) => {
    const { store } = fixture
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const message = await appendText(store, 'mine')
    const mine = fixture.changer
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

  it('a page has the newest messages, or those before, after or around one, and says whether there are more', async ({
    store,
  }) => {
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const posted: Posted[] = []
    for (let n = 1; n <= 9; n++) posted.push(await appendText(store, `${n}`))
    await store.deleteMessage(LOBBY, posted[4]?.id ?? assert.fail(), 'owner')
    const page = async (...[of, limit]: [Parameters<Store['readPage']>[1], number]) => {
      const { messages, older, newer } = await store.readPage(LOBBY, of, limit)
      return [messages.map(({ text }) => text).join(''), older, newer]
    }
    const id = (n: number) => posted[n - 1]?.id ?? assert.fail()
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

  it('a room is created once, with settings and an owner, and its settings can be changed', async (fixture) => {
    const { store } = fixture
    assert.equal(await store.findKeptRoom(LOBBY), undefined)
    assert.deepEqual(await store.createRoom(LOBBY, FOREVER, 'owner'), { slug: LOBBY, ...FOREVER })
    assert.equal(await store.createRoom(LOBBY, FOREVER, 'thief'), undefined)
    assert.deepEqual(
      [await store.isOwner(LOBBY, 'owner'), await store.isOwner(LOBBY, 'thief')],
      [true, false],
    )
    const settings = { retention: DAY_MS, keep: 100, listed: true }
    assert.deepEqual(await store.changeSettings(LOBBY, settings), { slug: LOBBY, ...settings })
    const again = await fixture.reopen()
    assert.deepEqual(await again.findKeptRoom(LOBBY), { slug: LOBBY, ...settings })
    await again.createRoom(OTHER, FOREVER, 'owner')
    assert.deepEqual(await again.listedRooms(), [LOBBY])
    await again.changeSettings(LOBBY, FOREVER)
    assert.deepEqual(await again.listedRooms(), [])
  })

  it('the embedding settings of a room survive a restart and other changes, and are deleted with the room', async (fixture) => {
    const { store } = fixture
    const defaults = { origins: undefined, secret: undefined }
    assert.deepEqual(await store.readEmbedding(LOBBY), defaults)
    await assert.rejects(store.changeEmbedding(LOBBY, defaults), refused('not-found'))
    await store.createRoom(LOBBY, FOREVER, 'owner')
    assert.deepEqual(await store.readEmbedding(LOBBY), defaults)
    const custom = { origins: ['https://blog.example', 'https://*.shop.example:8443'], secret: 'a secret' }
    await store.changeEmbedding(LOBBY, custom)
    assert.deepEqual(await store.readEmbedding(LOBBY), custom)
    const again = await fixture.reopen()
    await again.changeSettings(LOBBY, { ...FOREVER, keep: 7 })
    assert.deepEqual(await again.readEmbedding(LOBBY), custom)
    await again.changeEmbedding(LOBBY, { origins: [], secret: undefined })
    assert.deepEqual(await again.readEmbedding(LOBBY), { origins: [], secret: undefined })
    await again.changeEmbedding(LOBBY, custom)
    await again.deleteRoom(LOBBY)
    assert.deepEqual(await again.readEmbedding(LOBBY), defaults)
    await fixture.advance(30 * DAY_MS + 60_000)
    await again.createRoom(LOBBY, FOREVER, 'other')
    assert.deepEqual(await again.readEmbedding(LOBBY), defaults)
  })

  it('a deleted room is gone with all its messages, and its slug stays reserved for 30 days', async (fixture) => {
    const { store } = fixture
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
    const again = await fixture.reopen()
    assert.ok(((await again.reservedUntil(LOBBY)) ?? 0) > message.at + 29 * DAY_MS)
    await fixture.advance(30 * DAY_MS + 60_000)
    assert.equal(await again.reservedUntil(LOBBY), undefined)
    assert.ok(await again.createRoom(LOBBY, FOREVER, 'other'))
    assert.equal((await again.top(LOBBY)).seq, 0)
    assert.notEqual((await again.top(LOBBY)).epoch, message.id.epoch)
    assert.deepEqual(await newestTexts(again), [])
  })

  it('a room keeps messages as long, and as many, as its settings say, and never shows expired ones', async ({
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

  it('only a cursor from the history of the room is known', async ({ store }) => {
    await store.createRoom(LOBBY, FOREVER, 'owner')
    const { id } = await appendText(store, 'one')
    assert.equal(await store.hasEvent(LOBBY, id), true)
    assert.equal(await store.hasEvent(LOBBY, { ...id, seq: 0 }), true)
    assert.equal(await store.hasEvent(LOBBY, { ...id, seq: 2 }), false)
    assert.equal(await store.hasEvent(LOBBY, { ...id, epoch: '1' }), false)
  })

  it('rooms are independent of each other, and may have any name', async ({ store }) => {
    for (const room of ['lobby', 'constructor', 'proto'].map(parseSlug)) {
      await store.createRoom(room, FOREVER, room)
      const draft = parseDraft({ text: room, key: '__proto__' })
      assert.equal((await store.append(room, ADA, AUTHOR, draft)).id.seq, 1, formatId(await store.top(room)))
    }
    assert.deepEqual(await newestTexts(store), ['lobby'])
  })
}

function appendText(store: Store, text: string, member: Member = ADA, key?: string): Promise<Posted> {
  return store.append(LOBBY, member, AUTHOR, parseDraft({ text, key }))
}

async function newestTexts(store: Store): Promise<string[]> {
  return (await store.readPage(LOBBY, { kind: 'newest' }, 100)).messages.map(({ text }) => text)
}
