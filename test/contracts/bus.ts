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

/** A bus without other users, and its clock. */
export interface BusUnderTest {
  readonly bus: Bus
  /** Advances the time of keys and epochs, in milliseconds. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

const MINUTE = 60_000
const OTHER = parseSlug('other')

/** The contract of every bus. */
export function busContract(name: string, make: () => Promise<BusUnderTest>): void {
  function it(title: string, run: (bus: Bus, advance: BusUnderTest['advance']) => Promise<void>): void {
    test(`${title} (${name})`, async (t) => {
      const { bus, advance, close } = await make()
      t.after(close)
      await run(bus, advance)
    })
  }

  it('listeners receive the whole message that its author receives', async (bus) => {
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

  it('the seq begins at 1 and has no holes, however many members post at once', async (bus) => {
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

  it('P4: all listeners of a room receive the same events, in the order of the ids', async (bus) => {
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

  it('signals reach all listeners of their room and use no seq', async (bus) => {
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

  it('each room has its own seq and its own listeners', async (bus) => {
    const [lobby, other] = [new RecordingListener(), new RecordingListener()]
    await bus.listen(LOBBY, lobby.listen)
    await bus.listen(OTHER, other.listen)
    await postText(bus, 'here')
    const inOther = await bus.post(OTHER, ADA, AUTHOR, parseDraft({ text: 'there' }))
    assert.equal(inOther.id.seq, 1)
    assert.deepEqual([await lobby.waitForTexts(1), await other.waitForTexts(1)], [['here'], ['there']])
  })

  it('a listener that left receives nothing more, and the others still do', async (bus) => {
    const [departed, remaining] = [new RecordingListener(), new RecordingListener()]
    const leave = await bus.listen(LOBBY, departed.listen)
    await bus.listen(LOBBY, remaining.listen)
    await postText(bus, 'one')
    await departed.waitForTexts(1)
    leave()
    leave()
    await postText(bus, 'two')
    assert.deepEqual(await remaining.waitForTexts(2), ['one', 'two'])
    assert.deepEqual(await departed.waitForTexts(1), ['one'])
  })

  it('a room without listeners can get a listener again', async (bus) => {
    const [first, second] = [new RecordingListener(), new RecordingListener()]
    const leave = await bus.listen(LOBBY, first.listen)
    leave()
    await bus.listen(LOBBY, second.listen)
    leave()
    await postText(bus, 'again')
    assert.deepEqual(await second.waitForTexts(1), ['again'])
  })

  it('P5: the same key of the same member gives the same message, which is published once', async (bus) => {
    const listener = new RecordingListener()
    await bus.listen(LOBBY, listener.listen)
    const [first, second] = await Promise.all([postText(bus, 'once', 'k'), postText(bus, 'once', 'k')])
    assert.deepEqual(first, second)
    await postText(bus, 'next')
    assert.deepEqual(await listener.waitForTexts(2), ['once', 'next'])
    // Only kept rooms store the author's name, so the name is not compared.
    const renamed = { ...AUTHOR, name: parseName('Renamed') }
    const again = await bus.post(LOBBY, ADA, renamed, parseDraft({ text: 'once', key: 'k' }))
    assert.deepEqual([again.id, again.at, again.text], [first.id, first.at, 'once'])
    assert.equal((await bus.top(LOBBY)).seq, 2)
  })

  it('P5: the same key with another text is refused and uses no seq', async (bus) => {
    await postText(bus, 'one', 'k')
    await assert.rejects(postText(bus, 'two', 'k'), refused('invalid'))
    assert.equal((await postText(bus, 'three', 'l')).id.seq, 2)
  })

  it('P5: the same key of another member, or in another room, is another key', async (bus) => {
    await postText(bus, 'mine', 'k')
    const bobs = await bus.post(LOBBY, BOB, AUTHOR, parseDraft({ text: 'his', key: 'k' }))
    const elsewhere = await bus.post(OTHER, ADA, AUTHOR, parseDraft({ text: 'there', key: 'k' }))
    assert.deepEqual([bobs.id.seq, elsewhere.id.seq], [2, 1])
  })

  it('the same text without a key is another message', async (bus) => {
    assert.notDeepEqual((await postText(bus, 'hi')).id, (await postText(bus, 'hi')).id)
  })

  it('P5: a key of any name is remembered for ten minutes', async (bus, advance) => {
    for (const key of ['k', '__proto__', 'constructor']) {
      const first = await postText(bus, key, key)
      await advance(10 * MINUTE - 1000)
      assert.deepEqual(await postText(bus, key, key), first)
      await advance(2000)
      const second = await postText(bus, 'another text', key)
      assert.equal(second.id.seq, first.id.seq + 1)
    }
  })

  it('the top of an unused room is an epoch that begins now, and reading it creates nothing', async (bus, advance) => {
    const before = await bus.top(LOBBY)
    await advance(5000)
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

  it('a room stays in its epoch as long as it is used at least once an hour', async (bus, advance) => {
    const first = await postText(bus, 'one')
    await advance(59 * MINUTE)
    await postText(bus, 'two')
    await advance(59 * MINUTE)
    assert.deepEqual((await postText(bus, 'three')).id, { epoch: first.id.epoch, seq: 3 })
  })

  it('a room that is unused for an hour begins a new, later epoch', async (bus, advance) => {
    const first = await postText(bus, 'one')
    await postText(bus, 'two')
    await advance(61 * MINUTE)
    assert.equal((await bus.top(LOBBY)).seq, 0)
    const later = await postText(bus, 'three')
    assert.equal(later.id.seq, 1)
    assert.ok(epochTime(later.id.epoch) > epochTime(first.id.epoch))
  })
}

function postText(bus: Bus, text: string, key?: string): Promise<Posted> {
  return bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text, key }))
}
