import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member } from '../../src/chat/member.ts'
import { parseName } from '../../src/chat/names/name.ts'
import type { Roster } from '../../src/chat/ports/roster.ts'
import { parseSlug } from '../../src/chat/room.ts'
import type { PresenceChange } from '../../src/chat/signal.ts'
import { ADA, BOB, LOBBY, member } from '../support/events.ts'

/** A roster that holds nothing yet, and its time. */
export interface RosterUnderTest {
  readonly roster: Roster
  /** Lets this time pass for what is held, and what follows from it. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

const OTHER = parseSlug('other')
const GRACE = parseName('Grace')

function nthMember(number: number): Member {
  return member(`member-${number}`)
}

/**
 * What every roster does.
 * @param make a roster with `ROSTER_TIMES`, which notices within 5 s that a time is over
 */
export function rosterContract(name: string, make: () => Promise<RosterUnderTest>): void {
  function it(does: string, run: (roster: Roster, pass: RosterUnderTest['advance']) => Promise<void>): void {
    test(`${name}: ${does}`, async (t) => {
      const { roster, advance, close } = await make()
      t.after(close)
      await run(roster, advance)
    })
  }

  it('a member takes the seat that it was shown', async (roster) => {
    const shown = await roster.seatOf(LOBBY, ADA)
    assert.deepEqual(await roster.takeSeat(LOBBY, ADA), shown)
    assert.deepEqual(await roster.seatOf(LOBBY, ADA), shown)
  })

  it('to ask for a seat holds nothing', async (roster) => {
    const { first, second, name } = await findNamesakes(roster)
    assert.equal(await roster.countHere(LOBBY), 0)
    assert.equal((await roster.takeSeat(LOBBY, second)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, first)).name, name)
  })

  it('no two members have the same name in a room, however many there are', async (roster) => {
    const names = new Set<string>()
    for (let from = 0; from < 3000; from += 100) {
      const lot = Array.from({ length: 100 }, (_, index) => roster.takeSeat(LOBBY, nthMember(from + index)))
      for (const { name } of await Promise.all(lot)) names.add(name)
    }
    assert.equal(names.size, 3000)
  })

  it('two hundred who race for one name get it once', async (roster) => {
    const claims = await Promise.all(
      Array.from({ length: 200 }, (_, number) => roster.takeName(LOBBY, nthMember(number), GRACE)),
    )
    assert.equal(claims.filter((seat) => seat?.name === GRACE).length, 1)
    assert.equal(claims.filter((seat) => seat === undefined).length, 199)
  })

  it('another name keeps the tag, frees the old name, and is free again by a third', async (roster) => {
    const before = await roster.takeSeat(LOBBY, ADA)
    assert.deepEqual(await roster.takeName(LOBBY, ADA, GRACE), { name: GRACE, tag: before.tag })
    assert.deepEqual(await roster.takeSeat(LOBBY, ADA), { name: GRACE, tag: before.tag })
    assert.deepEqual(await roster.findFreeNames(LOBBY, [GRACE, before.name]), [before.name])
    assert.ok(await roster.takeName(LOBBY, BOB, before.name))
    assert.equal(await roster.takeName(LOBBY, ADA, before.name), undefined)
    assert.equal((await roster.takeSeat(LOBBY, ADA)).name, GRACE)
    assert.ok(await roster.takeName(LOBBY, ADA, parseName('Lovelace')))
    assert.deepEqual(await roster.findFreeNames(LOBBY, [GRACE]), [GRACE])
  })

  it('a name that looks like one that is held is held too, but by its own member', async (roster) => {
    await roster.takeName(LOBBY, ADA, GRACE)
    for (const likeness of ['GRACE', 'Gr\u0430ce', 'Ｇｒａｃｅ', 'grace'])
      assert.equal(await roster.takeName(LOBBY, BOB, parseName(likeness)), undefined, likeness)
    assert.equal((await roster.takeName(LOBBY, ADA, parseName('GRACE')))?.name, 'GRACE')
    assert.equal(await roster.takeName(LOBBY, BOB, GRACE), undefined)
  })

  it('a browser that took a name before gets it again where it is free', async (roster, pass) => {
    const wishing = { ...ADA, preferredNames: new Map([[LOBBY, GRACE]]) }
    assert.equal((await roster.seatOf(LOBBY, wishing)).name, GRACE)
    assert.equal((await roster.takeSeat(LOBBY, wishing)).name, GRACE)
    assert.notEqual((await roster.takeSeat(OTHER, wishing)).name, GRACE)
    const late = { ...BOB, preferredNames: new Map([[LOBBY, parseName('grace')]]) }
    assert.match((await roster.takeSeat(LOBBY, late)).name, /^\w+ \w+$/)
    await pass(70_000)
    assert.equal((await roster.takeSeat(LOBBY, late)).name, 'grace')
  })

  it('a name stays the same while it is held, by a stream or by a request now and then', async (roster, pass) => {
    const { first, second, name } = await findNamesakes(roster)
    await roster.takeSeat(LOBBY, first)
    const bobs = await roster.takeSeat(LOBBY, BOB)
    await roster.enter(LOBBY, BOB, 'connected')
    for (let times = 0; times < 30; times++) {
      await pass(55_000)
      assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
      assert.equal((await roster.takeSeat(LOBBY, first)).name, name)
    }
    assert.deepEqual(await roster.seatOf(LOBBY, BOB), bobs)
  })

  it('a name is free for others a minute after the last request', async (roster, pass) => {
    const { first, second, name } = await findNamesakes(roster)
    await roster.enter(LOBBY, BOB, 'connected')
    await roster.takeSeat(LOBBY, first)
    await pass(59_000)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
    await pass(6_000)
    assert.equal((await roster.takeSeat(LOBBY, second)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, first)).name, name)
  })

  it('a name is free for others a minute after the last of its member’s streams', async (roster, pass) => {
    const { first, second, name } = await findNamesakes(roster)
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
    const { first, second, name } = await findNamesakes(roster)
    const leave = await roster.enter(LOBBY, first, 'connected')
    leave()
    await pass(50_000)
    await roster.enter(LOBBY, first, 'connected')
    await pass(600_000)
    assert.equal((await roster.seatOf(LOBBY, first)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
  })

  it('who gives a name back frees it at once, whatever streams are open', async (roster) => {
    const { first, second, name } = await findNamesakes(roster)
    const close = await roster.enter(LOBBY, first, 'connected')
    await roster.leave(LOBBY, first)
    await roster.leave(LOBBY, first)
    assert.equal(await roster.countHere(LOBBY), 0)
    await roster.enter(LOBBY, second, 'connected')
    assert.equal((await roster.seatOf(LOBBY, second)).name, name)
    close()
    assert.equal(await roster.countHere(LOBBY), 1)
    assert.notEqual((await roster.takeSeat(LOBBY, first)).name, name)
  })

  it('who gave a name back takes none by closing a page', async (roster) => {
    const close = await roster.enter(LOBBY, ADA, 'connected')
    await roster.enter(LOBBY, ADA, 'connected')
    await roster.leave(LOBBY, ADA)
    close()
    assert.equal(await roster.countHere(LOBBY), 0)
    assert.deepEqual(await roster.roomsOf(ADA), [])
  })

  it('who is here is counted by members, not by streams, and for a moment after the last', async (roster, pass) => {
    await roster.takeSeat(LOBBY, ADA)
    assert.equal(await roster.countHere(LOBBY), 0)
    assert.equal(await roster.seatIfHere(LOBBY, ADA), undefined)
    const leave = [
      await roster.enter(LOBBY, ADA, 'connected'),
      await roster.enter(LOBBY, ADA, 'confirmed'),
      await roster.enter(LOBBY, BOB, 'connected'),
    ]
    assert.equal(await roster.countHere(LOBBY), 2)
    leave[0]?.()
    leave[0]?.()
    assert.equal(await roster.countHere(LOBBY), 2)
    leave[1]?.()
    await pass(9_000)
    assert.equal(await roster.countHere(LOBBY), 2)
    assert.deepEqual(await roster.seatIfHere(LOBBY, ADA), await roster.seatOf(LOBBY, ADA))
    await pass(6_000)
    assert.equal(await roster.countHere(LOBBY), 1)
    leave[2]?.()
    await pass(15_000)
    assert.equal(await roster.countHere(LOBBY), 0)
  })

  it('a page that falls silent is here no more, whatever its stream says, until it gives a sign of life', async (roster, pass) => {
    await roster.enter(LOBBY, ADA, 'confirmed')
    await roster.enter(LOBBY, BOB, 'connected')
    for (let times = 0; times < 5; times++) {
      await pass(50_000)
      await roster.confirmLiveness(LOBBY, ADA)
      assert.equal(await roster.countHere(LOBBY), 2)
    }
    await pass(61_000)
    assert.equal(await roster.countHere(LOBBY), 1)
    await roster.confirmLiveness(LOBBY, ADA)
    assert.equal(await roster.countHere(LOBBY), 2)
    await pass(600_000)
    assert.equal(await roster.countHere(LOBBY), 1)
    await roster.confirmLiveness(LOBBY, ADA)
    assert.equal(await roster.countHere(LOBBY), 2)
  })

  it('a sign of life of somebody who has no stream is nothing', async (roster) => {
    await roster.confirmLiveness(LOBBY, ADA)
    assert.equal(await roster.countHere(LOBBY), 0)
    assert.deepEqual(await roster.listPeople(LOBBY, 10), { people: [], count: 0 })
  })

  it('who is here is listed by name, and found by how the name begins', async (roster) => {
    for (const [who, name] of [
      [ADA, 'Ada'],
      [BOB, 'Bob'],
      [nthMember(1), 'adam'],
    ] as const) {
      await roster.takeName(LOBBY, who, parseName(name))
      await roster.enter(LOBBY, who, 'connected')
    }
    await roster.takeName(LOBBY, nthMember(2), parseName('Adah'))
    const names = async (...listing: [number, string?]) =>
      (await roster.listPeople(LOBBY, ...listing)).people.map((seat) => seat.name).sort()
    assert.deepEqual(await names(10), ['Ada', 'Bob', 'adam'])
    assert.equal((await names(2)).length, 2)
    assert.deepEqual(await names(10, 'ad'), ['Ada', 'adam'])
    assert.deepEqual(await names(10, 'ADAM'), ['adam'])
    assert.deepEqual(await names(10, 'x'), [])
    const [bob, found] = [await roster.seatOf(LOBBY, BOB), await roster.listPeople(LOBBY, 1, 'bob')]
    assert.deepEqual(found, { people: [bob], count: 3 })
  })

  it('who gave the name back and does something again is here again at once', async (roster) => {
    await roster.enter(LOBBY, ADA, 'connected')
    await roster.leave(LOBBY, ADA)
    assert.deepEqual(await roster.listPeople(LOBBY, 10), { people: [], count: 0 })
    const seat = await roster.takeSeat(LOBBY, ADA)
    assert.deepEqual(await roster.listPeople(LOBBY, 10), { people: [seat], count: 1 })
    await roster.leave(LOBBY, ADA)
    const graces = await roster.takeName(LOBBY, ADA, GRACE)
    assert.deepEqual(await roster.listPeople(LOBBY, 10), { people: [graces], count: 1 })
  })

  it('whoever watches is told who came, who went, and who is called otherwise', async (roster, pass) => {
    const told: Partial<PresenceChange>[] = []
    const stop = roster.watch((room, change) => {
      assert.equal(room, LOBBY)
      told.push(change)
    })
    const heard = async (ms = 0) => {
      await pass(ms)
      return told.splice(0)
    }
    await roster.takeName(LOBBY, ADA, parseName('Ada'))
    assert.deepEqual(await heard(), [])
    const leave = [await roster.enter(LOBBY, ADA, 'connected'), await roster.enter(LOBBY, ADA, 'connected')]
    const ada = await roster.seatOf(LOBBY, ADA)
    assert.deepEqual(await heard(), [{ joined: [ada] }])
    await roster.takeName(LOBBY, ADA, GRACE)
    await roster.takeName(LOBBY, ADA, GRACE)
    const grace = { ...ada, name: GRACE }
    assert.deepEqual(await heard(), [{ renamed: [{ ...grace, before: ada.name }] }])
    for (const undo of leave) undo()
    assert.deepEqual(await heard(9_000), [])
    await roster.enter(LOBBY, ADA, 'confirmed')
    assert.deepEqual(await heard(9_000), [])
    assert.deepEqual(await heard(55_000), [{ left: [grace] }])
    await roster.confirmLiveness(LOBBY, ADA)
    assert.equal((await heard()).length, 1)
    await roster.leave(LOBBY, ADA)
    assert.equal((await heard())[0]?.left?.length, 1)
    stop()
    await roster.enter(LOBBY, BOB, 'connected')
    assert.deepEqual(await heard(), [])
  })

  it('rooms know nothing of each other', async (roster) => {
    await roster.enter(LOBBY, ADA, 'connected')
    assert.equal(await roster.countHere(OTHER), 0)
    const seats = await Promise.all([roster.takeSeat(LOBBY, BOB), roster.takeSeat(OTHER, BOB)])
    assert.notEqual(seats[0]?.name, seats[1]?.name)
    assert.notEqual(seats[0]?.tag, seats[1]?.tag)
  })

  it('a member finds the rooms where it holds a name, under that name, until it holds it no more', async (roster, pass) => {
    assert.deepEqual(await roster.roomsOf(ADA), [])
    const inLobby = { room: LOBBY, name: (await roster.takeSeat(LOBBY, ADA)).name }
    await roster.takeSeat(LOBBY, BOB)
    const leave = await roster.enter(OTHER, ADA, 'connected')
    const inOther = { room: OTHER, name: (await roster.seatOf(OTHER, ADA)).name }
    await roster.takeSeat(LOBBY, ADA)
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
      assert.equal((await roster.takeName(room, who, parseName(odd)))?.name, odd)
    }
    assert.equal(await roster.countHere(room), 3)
  })
}

/** Two members who would take the same name, as long as neither has. */
async function findNamesakes(roster: Roster): Promise<{ first: Member; second: Member; name: string }> {
  const shown = new Map<string, Member>()
  for (let number = 0; number < 20_000; number++) {
    const second = nthMember(number)
    const { name } = await roster.seatOf(LOBBY, second)
    const first = shown.get(name)
    if (first) return { first, second, name }
    shown.set(name, second)
  }
  throw new Error('Nobody is shown the name of somebody else')
}
