import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member } from '../../src/chat/member.ts'
import { parseName } from '../../src/chat/names/name.ts'
import type { Roster } from '../../src/chat/ports/roster.ts'
import { parseSlug } from '../../src/chat/room.ts'
import type { PresenceChange } from '../../src/chat/signal.ts'
import { ADA, BOB, LOBBY, member } from '../support/events.ts'

/** An empty roster, and its clock. */
export interface RosterUnderTest {
  readonly roster: Roster
  /** Advances the time of names and presence, in milliseconds, and runs what is due. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

const OTHER = parseSlug('other')
const GRACE = parseName('Grace')

function nthMember(number: number): Member {
  return member(`member-${number}`)
}

/**
 * The contract of every roster.
 * @param make creates a roster with `ROSTER_TIMES`, which notices within 5 s that a time is over
 */
export function rosterContract(name: string, make: () => Promise<RosterUnderTest>): void {
  function it(
    title: string,
    run: (roster: Roster, advance: RosterUnderTest['advance']) => Promise<void>,
  ): void {
    test(`${title} (${name})`, async (t) => {
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

  it('reading a seat holds no name', async (roster) => {
    const { first, second, name } = await findNamesakes(roster)
    assert.equal(await roster.countHere(LOBBY), 0)
    assert.equal((await roster.takeSeat(LOBBY, second)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, first)).name, name)
  })

  it('no two members have the same name in a room, however many there are', async (roster) => {
    const names = new Set<string>()
    for (let from = 0; from < 3000; from += 100) {
      const seats = Array.from({ length: 100 }, (_, index) => roster.takeSeat(LOBBY, nthMember(from + index)))
      for (const { name } of await Promise.all(seats)) names.add(name)
    }
    assert.equal(names.size, 3000)
  })

  it('one of two hundred members who take the same name at once gets it', async (roster) => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, number) => roster.takeName(LOBBY, nthMember(number), GRACE)),
    )
    assert.equal(results.filter((seat) => seat?.name === GRACE).length, 1)
    assert.equal(results.filter((seat) => seat === undefined).length, 199)
  })

  it('a member who takes another name keeps the tag, and frees each earlier name', async (roster) => {
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

  it('a lookalike of a held name is refused to others, but not to the member who holds it', async (roster) => {
    await roster.takeName(LOBBY, ADA, GRACE)
    for (const lookalike of ['GRACE', 'Gr\u0430ce', 'Ｇｒａｃｅ', 'grace'])
      assert.equal(await roster.takeName(LOBBY, BOB, parseName(lookalike)), undefined, lookalike)
    assert.equal((await roster.takeName(LOBBY, ADA, parseName('GRACE')))?.name, 'GRACE')
    assert.equal(await roster.takeName(LOBBY, BOB, GRACE), undefined)
  })

  it('a browser that took a name before gets it again if it is free', async (roster, advance) => {
    const withPreference = { ...ADA, preferredNames: new Map([[LOBBY, GRACE]]) }
    assert.equal((await roster.seatOf(LOBBY, withPreference)).name, GRACE)
    assert.equal((await roster.takeSeat(LOBBY, withPreference)).name, GRACE)
    assert.notEqual((await roster.takeSeat(OTHER, withPreference)).name, GRACE)
    const lateMember = { ...BOB, preferredNames: new Map([[LOBBY, parseName('grace')]]) }
    assert.match((await roster.takeSeat(LOBBY, lateMember)).name, /^\w+ \w+$/)
    await advance(70_000)
    assert.equal((await roster.takeSeat(LOBBY, lateMember)).name, 'grace')
  })

  it('a name stays the same while a stream, or an occasional request, holds it', async (roster, advance) => {
    const { first, second, name } = await findNamesakes(roster)
    await roster.takeSeat(LOBBY, first)
    const bobs = await roster.takeSeat(LOBBY, BOB)
    await roster.enter(LOBBY, BOB, 'connected')
    for (let times = 0; times < 30; times++) {
      await advance(55_000)
      assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
      assert.equal((await roster.takeSeat(LOBBY, first)).name, name)
    }
    assert.deepEqual(await roster.seatOf(LOBBY, BOB), bobs)
  })

  it('a name is free for others a minute after the last request', async (roster, advance) => {
    const { first, second, name } = await findNamesakes(roster)
    await roster.enter(LOBBY, BOB, 'connected')
    await roster.takeSeat(LOBBY, first)
    await advance(59_000)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
    await advance(6_000)
    assert.equal((await roster.takeSeat(LOBBY, second)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, first)).name, name)
  })

  it('a name is free for others a minute after the last stream of its member', async (roster, advance) => {
    const { first, second, name } = await findNamesakes(roster)
    const leave = [
      await roster.enter(LOBBY, first, 'connected'),
      await roster.enter(LOBBY, first, 'connected'),
    ]
    leave[0]?.()
    await advance(600_000)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
    leave[1]?.()
    await advance(59_000)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
    await advance(6_000)
    assert.equal((await roster.seatOf(LOBBY, second)).name, name)
  })

  it('a member who returns while the name is held still has it', async (roster, advance) => {
    const { first, second, name } = await findNamesakes(roster)
    const leave = await roster.enter(LOBBY, first, 'connected')
    leave()
    await advance(50_000)
    await roster.enter(LOBBY, first, 'connected')
    await advance(600_000)
    assert.equal((await roster.seatOf(LOBBY, first)).name, name)
    assert.notEqual((await roster.seatOf(LOBBY, second)).name, name)
  })

  it('a name that is given back is free at once, even if streams are open', async (roster) => {
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

  it('closing a page takes no name after the name was given back', async (roster) => {
    const close = await roster.enter(LOBBY, ADA, 'connected')
    await roster.enter(LOBBY, ADA, 'connected')
    await roster.leave(LOBBY, ADA)
    close()
    assert.equal(await roster.countHere(LOBBY), 0)
    assert.deepEqual(await roster.roomsOf(ADA), [])
  })

  it('members are counted, not their streams, and for a moment after the last stream', async (roster, advance) => {
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
    await advance(9_000)
    assert.equal(await roster.countHere(LOBBY), 2)
    assert.deepEqual(await roster.seatIfHere(LOBBY, ADA), await roster.seatOf(LOBBY, ADA))
    await advance(6_000)
    assert.equal(await roster.countHere(LOBBY), 1)
    leave[2]?.()
    await advance(15_000)
    assert.equal(await roster.countHere(LOBBY), 0)
  })

  it('a page that falls silent does not count as here, even with an open stream, until it gives a sign of life', async (roster, advance) => {
    await roster.enter(LOBBY, ADA, 'confirmed')
    await roster.enter(LOBBY, BOB, 'connected')
    for (let times = 0; times < 5; times++) {
      await advance(50_000)
      await roster.confirmLiveness(LOBBY, ADA)
      assert.equal(await roster.countHere(LOBBY), 2)
    }
    await advance(61_000)
    assert.equal(await roster.countHere(LOBBY), 1)
    await roster.confirmLiveness(LOBBY, ADA)
    assert.equal(await roster.countHere(LOBBY), 2)
    await advance(600_000)
    assert.equal(await roster.countHere(LOBBY), 1)
    await roster.confirmLiveness(LOBBY, ADA)
    assert.equal(await roster.countHere(LOBBY), 2)
  })

  it('a sign of life from a member without a stream changes nothing', async (roster) => {
    await roster.confirmLiveness(LOBBY, ADA)
    assert.equal(await roster.countHere(LOBBY), 0)
    assert.deepEqual(await roster.listPeople(LOBBY, 10), { people: [], count: 0 })
  })

  it('members who are here are listed, and found by the beginning of their names', async (roster) => {
    for (const [member, name] of [
      [ADA, 'Ada'],
      [BOB, 'Bob'],
      [nthMember(1), 'adam'],
    ] as const) {
      await roster.takeName(LOBBY, member, parseName(name))
      await roster.enter(LOBBY, member, 'connected')
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

  it('a member who gave the name back and takes a seat again is here at once', async (roster) => {
    await roster.enter(LOBBY, ADA, 'connected')
    await roster.leave(LOBBY, ADA)
    assert.deepEqual(await roster.listPeople(LOBBY, 10), { people: [], count: 0 })
    const seat = await roster.takeSeat(LOBBY, ADA)
    assert.deepEqual(await roster.listPeople(LOBBY, 10), { people: [seat], count: 1 })
    await roster.leave(LOBBY, ADA)
    const graces = await roster.takeName(LOBBY, ADA, GRACE)
    assert.deepEqual(await roster.listPeople(LOBBY, 10), { people: [graces], count: 1 })
  })

  it('a watcher receives who joined, who left and who was renamed', async (roster, advance) => {
    const changes: Partial<PresenceChange>[] = []
    const stop = roster.watch((room, change) => {
      assert.equal(room, LOBBY)
      changes.push(change)
    })
    const takeChanges = async (ms = 0) => {
      await advance(ms)
      return changes.splice(0)
    }
    await roster.takeName(LOBBY, ADA, parseName('Ada'))
    assert.deepEqual(await takeChanges(), [])
    const leave = [await roster.enter(LOBBY, ADA, 'connected'), await roster.enter(LOBBY, ADA, 'connected')]
    const ada = await roster.seatOf(LOBBY, ADA)
    assert.deepEqual(await takeChanges(), [{ joined: [ada] }])
    await roster.takeName(LOBBY, ADA, GRACE)
    await roster.takeName(LOBBY, ADA, GRACE)
    const grace = { ...ada, name: GRACE }
    assert.deepEqual(await takeChanges(), [{ renamed: [{ ...grace, before: ada.name }] }])
    for (const undo of leave) undo()
    assert.deepEqual(await takeChanges(9_000), [])
    await roster.enter(LOBBY, ADA, 'confirmed')
    assert.deepEqual(await takeChanges(9_000), [])
    assert.deepEqual(await takeChanges(55_000), [{ left: [grace] }])
    await roster.confirmLiveness(LOBBY, ADA)
    assert.equal((await takeChanges()).length, 1)
    await roster.leave(LOBBY, ADA)
    assert.equal((await takeChanges())[0]?.left?.length, 1)
    stop()
    await roster.enter(LOBBY, BOB, 'connected')
    assert.deepEqual(await takeChanges(), [])
  })

  it('rooms are independent of each other', async (roster) => {
    await roster.enter(LOBBY, ADA, 'connected')
    assert.equal(await roster.countHere(OTHER), 0)
    const seats = await Promise.all([roster.takeSeat(LOBBY, BOB), roster.takeSeat(OTHER, BOB)])
    assert.notEqual(seats[0]?.name, seats[1]?.name)
    assert.notEqual(seats[0]?.tag, seats[1]?.tag)
  })

  it('the rooms of a member are those where it holds a name, with that name', async (roster, advance) => {
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
    await advance(59_000)
    assert.deepEqual(await roster.roomsOf(ADA), [inOther])
    await advance(6_000)
    assert.deepEqual(await roster.roomsOf(ADA), [])
  })

  it('reading the rooms of a member takes no name', async (roster) => {
    await roster.seatOf(LOBBY, ADA)
    assert.deepEqual(await roster.roomsOf(ADA), [])
  })

  it('a member who left a room is offered another name on return', async (roster) => {
    // Another seed may give the same name by chance, but not eight times.
    const offered = await Promise.all(
      Array.from(
        { length: 8 },
        async (_, tagVersion) => (await roster.seatOf(LOBBY, member('ada', tagVersion))).name,
      ),
    )
    assert.ok(new Set(offered).size > 1, offered.join())
  })

  it('members, rooms and names may be called like properties of objects', async (roster) => {
    const room = parseSlug('constructor')
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const holder = member(name)
      await roster.enter(room, holder, 'connected')
      assert.match((await roster.seatOf(room, holder)).name, /^\w+ \w+/)
      assert.equal((await roster.takeName(room, holder, parseName(name)))?.name, name)
    }
    assert.equal(await roster.countHere(room), 3)
  })
}

/** Finds two members who would be given the same name. */
async function findNamesakes(roster: Roster): Promise<{ first: Member; second: Member; name: string }> {
  const shown = new Map<string, Member>()
  for (let number = 0; number < 20_000; number++) {
    const second = nthMember(number)
    const { name } = await roster.seatOf(LOBBY, second)
    const first = shown.get(name)
    if (first) return { first, second, name }
    shown.set(name, second)
  }
  throw new Error('No two members are shown the same name')
}
