import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member } from '../../src/chat/member.ts'
import { parseName } from '../../src/chat/names/name.ts'
import type { Roster } from '../../src/chat/ports/roster.ts'
import { parseSlug } from '../../src/chat/room.ts'
import type { Change } from '../../src/chat/signal.ts'
import { ADA, BOB, LOBBY, member } from '../support/events.ts'

/** A roster that holds nothing yet, and its time. */
export interface RosterUnderTest {
  readonly roster: Roster
  /** Lets this time pass for what is held, and what follows from it. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

const OTHER = parseSlug('other')
const GRACE = parseName('Grace')

function numbered(number: number): Member {
  return member(`member-${number}`)
}

/**
 * What every roster does.
 * @param make a roster with `ROSTER_TIMES`, which notices within 5 s that a time is over
 */
export function rosterContract(name: string, make: () => Promise<RosterUnderTest>): void {
  function it(does: string, run: (roster: Roster, pass: RosterUnderTest['pass']) => Promise<void>): void {
    test(`${name}: ${does}`, async (t) => {
      const { roster, pass, close } = await make()
      t.after(close)
      await run(roster, pass)
    })
  }

  it('a member takes the seat that it was shown', async (roster) => {
    const shown = await roster.seatOf(LOBBY, ADA)
    assert.deepEqual(await roster.take(LOBBY, ADA), shown)
    assert.deepEqual(await roster.seatOf(LOBBY, ADA), shown)
  })

  it('to ask for a seat holds nothing', async (roster) => {
    const { first, second, name } = await namesakes(roster)
    assert.equal(await roster.here(LOBBY), 0)
    assert.equal((await roster.take(LOBBY, second)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, first)).name, name)
  })

  it('no two members have the same name in a room, however many there are', async (roster) => {
    const names = new Set<string>()
    for (let from = 0; from < 3000; from += 100) {
      const lot = Array.from({ length: 100 }, (_, index) => roster.take(LOBBY, numbered(from + index)))
      for (const { name } of await Promise.all(lot)) names.add(name)
    }
    assert.equal(names.size, 3000)
  })

  it('two hundred who race for one name get it once', async (roster) => {
    const claims = await Promise.all(
      Array.from({ length: 200 }, (_, number) => roster.claim(LOBBY, numbered(number), GRACE)),
    )
    assert.equal(claims.filter((seat) => seat?.name === GRACE).length, 1)
    assert.equal(claims.filter((seat) => seat === undefined).length, 199)
  })

  it('another name keeps the tag, frees the old name, and is free again by a third', async (roster) => {
    const before = await roster.take(LOBBY, ADA)
    assert.deepEqual(await roster.claim(LOBBY, ADA, GRACE), { name: GRACE, tag: before.tag })
    assert.deepEqual(await roster.take(LOBBY, ADA), { name: GRACE, tag: before.tag })
    assert.deepEqual(await roster.free(LOBBY, [GRACE, before.name]), [before.name])
    assert.ok(await roster.claim(LOBBY, BOB, before.name))
    assert.equal(await roster.claim(LOBBY, ADA, before.name), undefined)
    assert.equal((await roster.take(LOBBY, ADA)).name, GRACE)
    assert.ok(await roster.claim(LOBBY, ADA, parseName('Lovelace')))
    assert.deepEqual(await roster.free(LOBBY, [GRACE]), [GRACE])
  })

  it('a name that looks like one that is held is held too, but by its own member', async (roster) => {
    await roster.claim(LOBBY, ADA, GRACE)
    for (const likeness of ['GRACE', 'Gr\u0430ce', 'Ｇｒａｃｅ', 'grace'])
      assert.equal(await roster.claim(LOBBY, BOB, parseName(likeness)), undefined, likeness)
    assert.equal((await roster.claim(LOBBY, ADA, parseName('GRACE')))?.name, 'GRACE')
    assert.equal(await roster.claim(LOBBY, BOB, GRACE), undefined)
  })

  it('a browser that took a name before gets it again where it is free', async (roster, pass) => {
    const wishing = { ...ADA, wishes: new Map([[LOBBY, GRACE]]) }
    assert.equal((await roster.seatOf(LOBBY, wishing)).name, GRACE)
    assert.equal((await roster.take(LOBBY, wishing)).name, GRACE)
    assert.notEqual((await roster.take(OTHER, wishing)).name, GRACE)
    const late = { ...BOB, wishes: new Map([[LOBBY, parseName('grace')]]) }
    assert.match((await roster.take(LOBBY, late)).name, /^\w+ \w+$/)
    await pass(70_000)
    assert.equal((await roster.take(LOBBY, late)).name, 'grace')
  })

  it('a name stays the same while it is held, by a stream or by a request now and then', async (roster, pass) => {
    const { first, second, name } = await namesakes(roster)
    await roster.take(LOBBY, first)
    const bobs = await roster.take(LOBBY, BOB)
    await roster.enter(LOBBY, BOB, 'connected')
    for (let times = 0; times < 30; times++) {
      await pass(55_000)
      assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
      assert.equal((await roster.take(LOBBY, first)).name, name)
    }
    assert.deepEqual(await roster.seatOf(LOBBY, BOB), bobs)
  })

  it('a name is free for others a minute after the last request', async (roster, pass) => {
    const { first, second, name } = await namesakes(roster)
    await roster.enter(LOBBY, BOB, 'connected')
    await roster.take(LOBBY, first)
    await pass(59_000)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
    await pass(6_000)
    assert.equal((await roster.take(LOBBY, second)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, first)).name, name)
  })

  it('a name is free for others a minute after the last of its member’s streams', async (roster, pass) => {
    const { first, second, name } = await namesakes(roster)
    const leave = [
      await roster.enter(LOBBY, first, 'connected'),
      await roster.enter(LOBBY, first, 'connected'),
    ]
    leave[0]?.()
    await pass(600_000)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
    leave[1]?.()
    await pass(59_000)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
    await pass(6_000)
    assert.equal((await roster.seatOf(LOBBY, second)).name, name)
  })

  it('who comes back while the name is held has it still', async (roster, pass) => {
    const { first, second, name } = await namesakes(roster)
    const leave = await roster.enter(LOBBY, first, 'connected')
    leave()
    await pass(50_000)
    await roster.enter(LOBBY, first, 'connected')
    await pass(600_000)
    assert.equal((await roster.seatOf(LOBBY, first)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
  })

  it('who gives a name back frees it at once, whatever streams are open', async (roster) => {
    const { first, second, name } = await namesakes(roster)
    const close = await roster.enter(LOBBY, first, 'connected')
    await roster.leave(LOBBY, first)
    await roster.leave(LOBBY, first)
    assert.equal(await roster.here(LOBBY), 0)
    await roster.enter(LOBBY, second, 'connected')
    assert.equal((await roster.seatOf(LOBBY, second)).name, name)
    close()
    assert.equal(await roster.here(LOBBY), 1)
    assert.notEqual((await roster.take(LOBBY, first)).name, name)
  })

  it('who gave a name back takes none by closing a page', async (roster) => {
    const close = await roster.enter(LOBBY, ADA, 'connected')
    await roster.enter(LOBBY, ADA, 'connected')
    await roster.leave(LOBBY, ADA)
    close()
    assert.equal(await roster.here(LOBBY), 0)
    assert.deepEqual(await roster.roomsOf(ADA), [])
  })

  it('who is here is counted by members, not by streams, and for a moment after the last', async (roster, pass) => {
    await roster.take(LOBBY, ADA)
    assert.equal(await roster.here(LOBBY), 0)
    assert.equal(await roster.hereAs(LOBBY, ADA), undefined)
    const leave = [
      await roster.enter(LOBBY, ADA, 'connected'),
      await roster.enter(LOBBY, ADA, 'confirmed'),
      await roster.enter(LOBBY, BOB, 'connected'),
    ]
    assert.equal(await roster.here(LOBBY), 2)
    leave[0]?.()
    leave[0]?.()
    assert.equal(await roster.here(LOBBY), 2)
    leave[1]?.()
    await pass(9_000)
    assert.equal(await roster.here(LOBBY), 2)
    assert.deepEqual(await roster.hereAs(LOBBY, ADA), await roster.seatOf(LOBBY, ADA))
    await pass(6_000)
    assert.equal(await roster.here(LOBBY), 1)
    leave[2]?.()
    await pass(15_000)
    assert.equal(await roster.here(LOBBY), 0)
  })

  it('a page that falls silent is here no more, whatever its stream says, until it gives a sign of life', async (roster, pass) => {
    await roster.enter(LOBBY, ADA, 'confirmed')
    await roster.enter(LOBBY, BOB, 'connected')
    for (let times = 0; times < 5; times++) {
      await pass(50_000)
      await roster.confirm(LOBBY, ADA)
      assert.equal(await roster.here(LOBBY), 2)
    }
    await pass(61_000)
    assert.equal(await roster.here(LOBBY), 1)
    await roster.confirm(LOBBY, ADA)
    assert.equal(await roster.here(LOBBY), 2)
    await pass(600_000)
    assert.equal(await roster.here(LOBBY), 1)
    await roster.confirm(LOBBY, ADA)
    assert.equal(await roster.here(LOBBY), 2)
  })

  it('a sign of life of somebody who has no stream is nothing', async (roster) => {
    await roster.confirm(LOBBY, ADA)
    assert.equal(await roster.here(LOBBY), 0)
    assert.deepEqual(await roster.people(LOBBY, 10), { people: [], count: 0 })
  })

  it('who is here is listed by name, and found by how the name begins', async (roster) => {
    for (const [who, name] of [
      [ADA, 'Ada'],
      [BOB, 'Bob'],
      [numbered(1), 'adam'],
    ] as const) {
      await roster.claim(LOBBY, who, parseName(name))
      await roster.enter(LOBBY, who, 'connected')
    }
    await roster.claim(LOBBY, numbered(2), parseName('Adah'))
    const names = async (...listing: [number, string?]) =>
      (await roster.people(LOBBY, ...listing)).people.map((seat) => seat.name).sort()
    assert.deepEqual(await names(10), ['Ada', 'Bob', 'adam'])
    assert.equal((await names(2)).length, 2)
    assert.deepEqual(await names(10, 'ad'), ['Ada', 'adam'])
    assert.deepEqual(await names(10, 'ADAM'), ['adam'])
    assert.deepEqual(await names(10, 'x'), [])
    const [bob, found] = [await roster.seatOf(LOBBY, BOB), await roster.people(LOBBY, 1, 'bob')]
    assert.deepEqual(found, { people: [bob], count: 3 })
  })

  it('who gave the name back and does something again is here again at once', async (roster) => {
    await roster.enter(LOBBY, ADA, 'connected')
    await roster.leave(LOBBY, ADA)
    assert.deepEqual(await roster.people(LOBBY, 10), { people: [], count: 0 })
    const seat = await roster.take(LOBBY, ADA)
    assert.deepEqual(await roster.people(LOBBY, 10), { people: [seat], count: 1 })
    await roster.leave(LOBBY, ADA)
    const graces = await roster.claim(LOBBY, ADA, GRACE)
    assert.deepEqual(await roster.people(LOBBY, 10), { people: [graces], count: 1 })
  })

  it('whoever watches is told who came, who went, and who is called otherwise', async (roster, pass) => {
    const told: Partial<Change>[] = []
    const stop = roster.watch((room, change) => {
      assert.equal(room, LOBBY)
      told.push(change)
    })
    const heard = async (ms = 0) => {
      await pass(ms)
      return told.splice(0)
    }
    await roster.claim(LOBBY, ADA, parseName('Ada'))
    assert.deepEqual(await heard(), [])
    const leave = [await roster.enter(LOBBY, ADA, 'connected'), await roster.enter(LOBBY, ADA, 'connected')]
    const ada = await roster.seatOf(LOBBY, ADA)
    assert.deepEqual(await heard(), [{ joined: [ada] }])
    await roster.claim(LOBBY, ADA, GRACE)
    await roster.claim(LOBBY, ADA, GRACE)
    const grace = { ...ada, name: GRACE }
    assert.deepEqual(await heard(), [{ renamed: [{ ...grace, before: ada.name }] }])
    for (const undo of leave) undo()
    assert.deepEqual(await heard(9_000), [])
    await roster.enter(LOBBY, ADA, 'confirmed')
    assert.deepEqual(await heard(9_000), [])
    assert.deepEqual(await heard(55_000), [{ left: [grace] }])
    await roster.confirm(LOBBY, ADA)
    assert.equal((await heard()).length, 1)
    await roster.leave(LOBBY, ADA)
    assert.equal((await heard())[0]?.left?.length, 1)
    stop()
    await roster.enter(LOBBY, BOB, 'connected')
    assert.deepEqual(await heard(), [])
  })

  it('rooms know nothing of each other', async (roster) => {
    await roster.enter(LOBBY, ADA, 'connected')
    assert.equal(await roster.here(OTHER), 0)
    const seats = await Promise.all([roster.take(LOBBY, BOB), roster.take(OTHER, BOB)])
    assert.notEqual(seats[0]?.name, seats[1]?.name)
    assert.notEqual(seats[0]?.tag, seats[1]?.tag)
  })

  it('a member finds the rooms where it holds a name, under that name, until it holds it no more', async (roster, pass) => {
    assert.deepEqual(await roster.roomsOf(ADA), [])
    const inLobby = { room: LOBBY, name: (await roster.take(LOBBY, ADA)).name }
    await roster.take(LOBBY, BOB)
    const leave = await roster.enter(OTHER, ADA, 'connected')
    const inOther = { room: OTHER, name: (await roster.seatOf(OTHER, ADA)).name }
    await roster.take(LOBBY, ADA)
    assert.deepEqual(await roster.roomsOf(ADA), [inLobby, inOther])
    await roster.leave(LOBBY, ADA)
    assert.deepEqual(await roster.roomsOf(ADA), [inOther])
    assert.equal((await roster.roomsOf(BOB)).length, 1)
    leave()
    await pass(59_000)
    assert.deepEqual(await roster.roomsOf(ADA), [inOther])
    await pass(6_000)
    assert.deepEqual(await roster.roomsOf(ADA), [])
  })

  it('to look for rooms takes no name', async (roster) => {
    await roster.seatOf(LOBBY, ADA)
    assert.deepEqual(await roster.roomsOf(ADA), [])
  })

  it('who left a room is offered another name when they come back', async (roster) => {
    // Another seed may give the same name by chance; not eight times.
    const offered = await Promise.all(
      Array.from({ length: 8 }, async (_, era) => (await roster.seatOf(LOBBY, member('ada', era))).name),
    )
    assert.ok(new Set(offered).size > 1, offered.join())
  })

  it('members, rooms and names of any kind are ordinary', async (roster) => {
    const room = parseSlug('constructor')
    for (const odd of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const who = member(odd)
      await roster.enter(room, who, 'connected')
      assert.match((await roster.seatOf(room, who)).name, /^\w+ \w+/)
      assert.equal((await roster.claim(room, who, parseName(odd)))?.name, odd)
    }
    assert.equal(await roster.here(room), 3)
  })
}

/** Two members who would take the same name, as long as neither has. */
async function namesakes(roster: Roster): Promise<{ first: Member; second: Member; name: string }> {
  const shown = new Map<string, Member>()
  for (let number = 0; number < 20_000; number++) {
    const second = numbered(number)
    const { name } = await roster.seatOf(LOBBY, second)
    const first = shown.get(name)
    if (first) return { first, second, name }
    shown.set(name, second)
  }
  throw new Error('Nobody is shown the name of somebody else')
}
