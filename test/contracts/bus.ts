import assert from 'node:assert/strict'
import { test } from 'node:test'
import { epochTime, type Posted } from '../../src/chat/event.ts'
import { parseDraft } from '../../src/chat/message.ts'
import { parseName } from '../../src/chat/names/name.ts'
import type { Bus } from '../../src/chat/ports/bus.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../support/events.ts'
import { RecordingListener } from '../support/recording-listener.ts'
import { refused } from '../support/refused.ts'

/** A bus that carries nothing else, and its time. */
export interface BusUnderTest {
  readonly bus: Bus
  /** Lets this time pass for keys and epochs. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

const MINUTE = 60_000
const OTHER = parseSlug('other')

/** What every bus does. */
export function busContract(name: string, make: () => Promise<BusUnderTest>): void {
  function it(does: string, run: (bus: Bus, pass: BusUnderTest['advance']) => Promise<void>): void {
    test(`${name}: ${does}`, async (t) => {
      const { bus, advance, close } = await make()
      t.after(close)
      await run(bus, advance)
    })
  }

  it('a message is carried whole, as its author is answered', async (bus) => {
    const listener = new RecordingListener()
    await bus.listen(LOBBY, listener.listen)
    const message = await bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text: 'a\n\t*b* 👩‍👩‍👧' }))
    await listener.waitForTexts(1)
    assert.deepEqual(listener.events, [message])
    assert.deepEqual(
      { ...message, id: 0, at: 0 },
      { kind: 'posted', id: 0, room: LOBBY, at: 0, author: AUTHOR, text: 'a\n\t*b* 👩‍👩‍👧' },
    )
  })

  it('numbers begin at 1 and have no holes, however many post at once', async (bus) => {
    const posts = Array.from({ length: 50 }, (_, index) =>
      bus.post(LOBBY, index % 2 ? ADA : BOB, AUTHOR, parseDraft({ text: `${index}` })),
    )
    const ids = (await Promise.all(posts)).map(({ id }) => id)
    assert.deepEqual(
      ids.map(({ seq }) => seq).sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, index) => index + 1),
    )
    assert.equal(new Set(ids.map(({ epoch }) => epoch)).size, 1)
  })

  it('all listeners of a room hear the same, in the order of the ids', async (bus) => {
    const listeners = [new RecordingListener(), new RecordingListener(), new RecordingListener()]
    for (const { listen } of listeners) await bus.listen(LOBBY, listen)
    await Promise.all(Array.from({ length: 30 }, (_, index) => postText(bus, `${index}`)))
    for (const listener of listeners) {
      await listener.waitForTexts(30)
      assert.deepEqual(
        listener.events.map(({ id }) => id.seq),
        Array.from({ length: 30 }, (_, index) => index + 1),
      )
      assert.deepEqual(listener.events, listeners[0]?.events)
    }
  })

  it('signals are carried to all listeners of their room, and have no numbers', async (bus) => {
    const [lobby, other] = [new RecordingListener(), new RecordingListener()]
    await bus.listen(LOBBY, lobby.listen)
    await bus.listen(OTHER, other.listen)
    const seat = { name: AUTHOR.name, tag: AUTHOR.tag }
    const typing = { kind: 'typing', ...seat } as const
    const here = {
      kind: 'here',
      count: 2,
      joined: [seat],
      left: [],
      renamed: [],
      more: { joined: 1, left: 0 },
    } as const
    await bus.signal(LOBBY, typing)
    await bus.signal(LOBBY, here)
    await postText(bus, 'then')
    assert.deepEqual(await lobby.waitForSignals(2), [typing, here])
    assert.deepEqual(await lobby.waitForTexts(1), ['then'])
    assert.equal(lobby.events[0]?.id.seq, 1)
    assert.deepEqual(other.signals, [])
  })

  it('each room has its own numbers and its own listeners', async (bus) => {
    const [lobby, other] = [new RecordingListener(), new RecordingListener()]
    await bus.listen(LOBBY, lobby.listen)
    await bus.listen(OTHER, other.listen)
    await postText(bus, 'here')
    const there = await bus.post(OTHER, ADA, AUTHOR, parseDraft({ text: 'there' }))
    assert.equal(there.id.seq, 1)
    assert.deepEqual([await lobby.waitForTexts(1), await other.waitForTexts(1)], [['here'], ['there']])
  })

  it('who has left hears nothing more, and the others do', async (bus) => {
    const [gone, stays] = [new RecordingListener(), new RecordingListener()]
    const leave = await bus.listen(LOBBY, gone.listen)
    await bus.listen(LOBBY, stays.listen)
    await postText(bus, 'one')
    await gone.waitForTexts(1)
    leave()
    leave()
    await postText(bus, 'two')
    assert.deepEqual(await stays.waitForTexts(2), ['one', 'two'])
    assert.deepEqual(await gone.waitForTexts(1), ['one'])
  })

  it('a room can be listened to again', async (bus) => {
    const [first, second] = [new RecordingListener(), new RecordingListener()]
    const leave = await bus.listen(LOBBY, first.listen)
    leave()
    await bus.listen(LOBBY, second.listen)
    leave()
    await postText(bus, 'again')
    assert.deepEqual(await second.waitForTexts(1), ['again'])
  })

  it('the same key of the same member gives the same message, and carries it once', async (bus) => {
    const listener = new RecordingListener()
    await bus.listen(LOBBY, listener.listen)
    const [once, twice] = await Promise.all([postText(bus, 'once', 'k'), postText(bus, 'once', 'k')])
    assert.deepEqual(once, twice)
    await postText(bus, 'next')
    assert.deepEqual(await listener.waitForTexts(2), ['once', 'next'])
    // Only of kept rooms it is stored what their author was called.
    const renamed = { ...AUTHOR, name: parseName('Renamed') }
    const again = await bus.post(LOBBY, ADA, renamed, parseDraft({ text: 'once', key: 'k' }))
    assert.deepEqual([again.id, again.at, again.text], [once.id, once.at, 'once'])
    assert.equal((await bus.top(LOBBY)).seq, 2)
  })

  it('the same key with another text is refused, and uses no number', async (bus) => {
    await postText(bus, 'one', 'k')
    await assert.rejects(postText(bus, 'two', 'k'), refused('invalid'))
    assert.equal((await postText(bus, 'three', 'l')).id.seq, 2)
  })

  it('the same key of another member, or in another room, is another key', async (bus) => {
    await postText(bus, 'mine', 'k')
    const bobs = await bus.post(LOBBY, BOB, AUTHOR, parseDraft({ text: 'his', key: 'k' }))
    const elsewhere = await bus.post(OTHER, ADA, AUTHOR, parseDraft({ text: 'there', key: 'k' }))
    assert.deepEqual([bobs.id.seq, elsewhere.id.seq], [2, 1])
  })

  it('without a key the same text is another message', async (bus) => {
    assert.notDeepEqual((await postText(bus, 'hi')).id, (await postText(bus, 'hi')).id)
  })

  it('a key is known for ten minutes, whatever its name', async (bus, pass) => {
    for (const key of ['k', '__proto__', 'constructor']) {
      const first = await postText(bus, key, key)
      await pass(10 * MINUTE - 1000)
      assert.deepEqual(await postText(bus, key, key), first)
      await pass(2000)
      const second = await postText(bus, 'another text', key)
      assert.equal(second.id.seq, first.id.seq + 1)
    }
  })

  it('the top of a room that nobody used is the moment, and to ask for it makes nothing', async (bus, pass) => {
    const before = await bus.top(LOBBY)
    await pass(5000)
    const after = await bus.top(LOBBY)
    assert.deepEqual([before.seq, after.seq], [0, 0])
    assert.ok(epochTime(after.epoch) - epochTime(before.epoch) >= 5000)
    const { id } = await postText(bus, 'first')
    assert.equal(id.seq, 1)
    assert.ok(epochTime(id.epoch) >= epochTime(after.epoch))
  })

  it('the top of a room is the id of its newest message', async (bus) => {
    for (const text of ['one', 'two', 'three']) {
      const { id } = await postText(bus, text)
      assert.deepEqual(await bus.top(LOBBY), id)
    }
  })

  it('a room goes on in its epoch as long as it is used within the hour', async (bus, pass) => {
    const first = await postText(bus, 'one')
    await pass(59 * MINUTE)
    await postText(bus, 'two')
    await pass(59 * MINUTE)
    assert.deepEqual((await postText(bus, 'three')).id, { epoch: first.id.epoch, seq: 3 })
  })

  it('a room that nobody used for an hour begins a new epoch, later than the old', async (bus, pass) => {
    const first = await postText(bus, 'one')
    await postText(bus, 'two')
    await pass(61 * MINUTE)
    assert.equal((await bus.top(LOBBY)).seq, 0)
    const later = await postText(bus, 'three')
    assert.equal(later.id.seq, 1)
    assert.ok(epochTime(later.id.epoch) > epochTime(first.id.epoch))
  })
}

function postText(bus: Bus, text: string, key?: string): Promise<Posted> {
  return bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text, key }))
}
