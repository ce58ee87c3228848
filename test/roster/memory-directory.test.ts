import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSlug } from '../../src/chat/room.ts'
import { LISTED_MAX, MemoryDirectory } from '../../src/roster/memory-directory.ts'
import { TestClock } from '../support/clock.ts'
import { LOBBY } from '../support/events.ts'
import { refused } from '../support/refused.ts'

const HOUR = 3_600_000
const OTHER = parseSlug('other')

function memoryDirectory() {
  const clock = new TestClock()
  return { clock, directory: new MemoryDirectory(clock) }
}

test('a room is listed once it was asked for, once', async () => {
  const { directory } = memoryDirectory()
  await directory.list(LOBBY)
  await directory.list(OTHER)
  await directory.list(LOBBY)
  assert.deepEqual(await directory.listed(), [LOBBY, OTHER])
})

test('a room that nobody asked to list is not listed by being used', async () => {
  const { directory } = memoryDirectory()
  await directory.renew(LOBBY)
  assert.deepEqual(await directory.listed(), [])
})

test('a listed room stays for an hour after it was last used', async () => {
  const { clock, directory } = memoryDirectory()
  await directory.list(LOBBY)
  await directory.list(OTHER)
  clock.advance(HOUR - 1)
  await directory.renew(LOBBY)
  clock.advance(1)
  assert.deepEqual(await directory.listed(), [LOBBY])
  clock.advance(HOUR - 2)
  assert.deepEqual(await directory.listed(), [LOBBY])
  clock.advance(1)
  assert.deepEqual(await directory.listed(), [])
})

test('a room whose hour is over is not brought back by being used', async () => {
  const { clock, directory } = memoryDirectory()
  await directory.list(LOBBY)
  clock.advance(HOUR)
  await directory.listed()
  await directory.renew(LOBBY)
  assert.deepEqual(await directory.listed(), [])
})

test('so many rooms are listed and no more, until some are over', async () => {
  const { clock, directory } = memoryDirectory()
  for (let number = 0; number < LISTED_MAX; number++) await directory.list(parseSlug(`room-${number}`))
  await assert.rejects(directory.list(LOBBY), refused('busy'))
  await directory.list(parseSlug('room-0'))
  clock.advance(HOUR)
  await directory.list(LOBBY)
  assert.deepEqual(await directory.listed(), [LOBBY])
})
