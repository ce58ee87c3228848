import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Member, memberId } from '../../src/chat/member.ts'
import type { Roster } from '../../src/chat/ports.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { ADA, BOB, LOBBY } from '../support/events.ts'

/** A roster that holds nothing yet, and its time. */
export interface RosterUnderTest {
  readonly roster: Roster
  /** Lets this time pass for what is held. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

const OTHER = parseSlug('other')

function member(number: number): Member {
  return { id: memberId(`member-${number}`) }
}

/**
 * What every roster does.
 * @param make a roster that holds a name for 60 s, and notices within 10 s more that it is free
 */
export function rosterContract(name: string, make: () => Promise<RosterUnderTest>): void {
  function it(does: string, run: (roster: Roster, pass: RosterUnderTest['pass']) => Promise<void>): void {
    test(`${name}: ${does}`, async (t) => {
      const { roster, pass, close } = await make()
      t.after(close)
      await run(roster, pass)
    })
  }

  it('a member takes the name that it was shown', async (roster) => {
    const shown = await roster.nameOf(LOBBY, ADA)
    assert.equal(await roster.take(LOBBY, ADA), shown)
    assert.equal(await roster.nameOf(LOBBY, ADA), shown)
  })

  it('to ask for a name holds nothing', async (roster) => {
    const { first, second, name } = await namesakes(roster)
    assert.equal(await roster.here(LOBBY), 0)
    assert.equal(await roster.take(LOBBY, second), name)
    assert.notEqual(await roster.nameOf(LOBBY, first), name)
  })

  it('no two members have the same name in a room, however many there are', async (roster) => {
    const names = await Promise.all(
      Array.from({ length: 3000 }, (_, number) => roster.take(LOBBY, member(number))),
    )
    assert.equal(new Set(names).size, 3000)
  })

  it('a name stays the same while it is held, by a stream or by a request now and then', async (roster, pass) => {
    const { first, second, name } = await namesakes(roster)
    await roster.take(LOBBY, first)
    const bobs = await roster.take(LOBBY, BOB)
    await roster.enter(LOBBY, BOB)
    for (let times = 0; times < 30; times++) {
      await pass(55_000)
      assert.notEqual(await roster.nameOf(LOBBY, second), name)
      assert.equal(await roster.take(LOBBY, first), name)
    }
    assert.equal(await roster.nameOf(LOBBY, BOB), bobs)
  })

  it('a name is free for others a minute after the last request', async (roster, pass) => {
    const { first, second, name } = await namesakes(roster)
    await roster.enter(LOBBY, BOB)
    await roster.take(LOBBY, first)
    await pass(59_000)
    assert.notEqual(await roster.nameOf(LOBBY, second), name)
    await pass(11_000)
    assert.equal(await roster.take(LOBBY, second), name)
    assert.notEqual(await roster.nameOf(LOBBY, first), name)
  })

  it('a name is free for others a minute after the last of its member’s streams', async (roster, pass) => {
    const { first, second, name } = await namesakes(roster)
    const leave = [await roster.enter(LOBBY, first), await roster.enter(LOBBY, first)]
    leave[0]?.()
    await pass(600_000)
    assert.notEqual(await roster.nameOf(LOBBY, second), name)
    leave[1]?.()
    await pass(59_000)
    assert.notEqual(await roster.nameOf(LOBBY, second), name)
    await pass(11_000)
    assert.equal(await roster.nameOf(LOBBY, second), name)
  })

  it('who comes back while the name is held has it still', async (roster, pass) => {
    const { first, second, name } = await namesakes(roster)
    const leave = await roster.enter(LOBBY, first)
    leave()
    await pass(50_000)
    await roster.enter(LOBBY, first)
    await pass(600_000)
    assert.equal(await roster.nameOf(LOBBY, first), name)
    assert.notEqual(await roster.nameOf(LOBBY, second), name)
  })

  it('who gives a name back frees it at once, whatever streams are open', async (roster) => {
    const { first, second, name } = await namesakes(roster)
    const close = await roster.enter(LOBBY, first)
    await roster.leave(LOBBY, first)
    await roster.leave(LOBBY, first)
    assert.equal(await roster.here(LOBBY), 0)
    await roster.enter(LOBBY, second)
    assert.equal(await roster.nameOf(LOBBY, second), name)
    close()
    assert.equal(await roster.here(LOBBY), 1)
    assert.notEqual(await roster.take(LOBBY, first), name)
  })

  it('who is here is counted by members, not by streams', async (roster) => {
    await roster.take(LOBBY, ADA)
    assert.equal(await roster.here(LOBBY), 0)
    const leave = [
      await roster.enter(LOBBY, ADA),
      await roster.enter(LOBBY, ADA),
      await roster.enter(LOBBY, BOB),
    ]
    assert.equal(await roster.here(LOBBY), 2)
    leave[0]?.()
    assert.equal(await roster.here(LOBBY), 2)
    leave[0]?.()
    assert.equal(await roster.here(LOBBY), 2)
    leave[1]?.()
    assert.equal(await roster.here(LOBBY), 1)
    leave[2]?.()
    assert.equal(await roster.here(LOBBY), 0)
  })

  it('rooms know nothing of each other', async (roster) => {
    await roster.enter(LOBBY, ADA)
    assert.equal(await roster.here(OTHER), 0)
    const names = await Promise.all([roster.take(LOBBY, BOB), roster.take(OTHER, BOB)])
    assert.notEqual(names[0], names[1])
  })

  it('members and rooms of any name are ordinary', async (roster) => {
    const room = parseSlug('constructor')
    for (const id of ['__proto__', 'constructor', 'toString']) {
      const odd = { id: memberId(id) }
      await roster.enter(room, odd)
      assert.match(await roster.nameOf(room, odd), /^\w+ \w+/)
    }
    assert.equal(await roster.here(room), 3)
  })
}

/** Two members who would take the same name, as long as neither has. */
async function namesakes(roster: Roster): Promise<{ first: Member; second: Member; name: string }> {
  const shown = new Map<string, Member>()
  for (let number = 0; number < 20_000; number++) {
    const second = member(number)
    const name = await roster.nameOf(LOBBY, second)
    const first = shown.get(name)
    if (first) return { first, second, name }
    shown.set(name, second)
  }
  throw new Error('Nobody is shown the name of somebody else')
}
