import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSlug } from '../../src/chat/room.ts'
import { MEMBERSHIPS_MAX, MemoryRoster } from '../../src/roster/memory.ts'
import { rosterContract } from '../contracts/roster.ts'
import { TestClock } from '../support/clock.ts'
import { ADA, LOBBY, member } from '../support/events.ts'
import { refused } from '../support/refused.ts'
import { ROSTER_TIMES } from '../support/roster-times.ts'
import { testSecrets } from '../support/secrets.ts'

rosterContract('the roster in memory', async () => {
  const clock = new TestClock()
  const roster = new MemoryRoster(clock, testSecrets(), ROSTER_TIMES)
  return { roster, advance: async (ms) => clock.advance(ms), close: async () => roster.close() }
})

test('beyond the bound, new members are refused until a name is free', async () => {
  const clock = new TestClock()
  // Plain text instead of digests: fast enough for two hundred thousand tags.
  const roster = new MemoryRoster(
    clock,
    { ...testSecrets(), digest: (_purpose, room, member) => `${member}${room}` },
    ROSTER_TIMES,
  )
  const rooms = Array.from({ length: 1000 }, (_, number) => parseSlug(`room-${number}`))
  for (let number = 0; number < MEMBERSHIPS_MAX / rooms.length; number++)
    await Promise.all(rooms.map((room) => roster.takeSeat(room, member(`${number}`))))
  await assert.rejects(roster.takeSeat(LOBBY, ADA), refused('busy'))
  await roster.takeSeat(parseSlug('room-0'), member('0'))
  clock.advance(65_000)
  assert.match((await roster.takeSeat(LOBBY, ADA)).name, /^\w+ \w+$/)
})

test('a closed roster leaves no timer behind', () => {
  const clock = new TestClock()
  const roster = new MemoryRoster(clock, testSecrets(), ROSTER_TIMES)
  clock.advance(60_000)
  roster.close()
  assert.equal(clock.pendingTimers, 0)
})
