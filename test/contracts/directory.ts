import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Directory } from '../../src/chat/ports/directory.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { LISTED_MAX } from '../../src/directory/listed-max.ts'
import { LOBBY } from '../support/events.ts'
import { refused } from '../support/refused.ts'

/** A directory that lists nothing yet, and its time. */
export interface DirectoryUnderTest {
  readonly directory: Directory
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

const HOUR = 3_600_000
const SECOND = 1_000
const OTHER = parseSlug('other')

/** What every directory does. */
export function directoryContract(name: string, make: () => Promise<DirectoryUnderTest>): void {
  function it(
    does: string,
    run: (
      directory: Directory,
      tools: { pass: DirectoryUnderTest['advance']; listed: () => Promise<string[]> },
    ) => Promise<void>,
  ): void {
    test(`${name}: ${does}`, async (t) => {
      const { directory, advance, close } = await make()
      t.after(close)
      await run(directory, { pass: advance, listed: async () => (await directory.listedRooms()).sort() })
    })
  }

  it('a room is listed once it was asked for, once', async (directory, { listed }) => {
    assert.deepEqual(await listed(), [])
    await directory.add(LOBBY)
    await directory.add(OTHER)
    await directory.add(LOBBY)
    assert.deepEqual(await listed(), [LOBBY, OTHER])
  })

  it('a room that nobody asked to list is not listed by being used', async (directory, { listed }) => {
    await directory.renew(LOBBY)
    assert.deepEqual(await listed(), [])
  })

  it('a listed room stays for an hour after it was last used', async (directory, { pass, listed }) => {
    await directory.add(LOBBY)
    await directory.add(OTHER)
    await pass(HOUR - SECOND)
    await directory.renew(LOBBY)
    await pass(SECOND)
    assert.deepEqual(await listed(), [LOBBY])
    await pass(HOUR - 3 * SECOND)
    assert.deepEqual(await listed(), [LOBBY])
    await pass(2 * SECOND)
    assert.deepEqual(await listed(), [])
  })

  it('a room whose hour is over is not brought back by being used', async (directory, { pass, listed }) => {
    await directory.add(LOBBY)
    await pass(HOUR - SECOND)
    await directory.add(OTHER)
    await pass(SECOND)
    await directory.renew(LOBBY)
    assert.deepEqual(await listed(), [OTHER])
    await directory.add(LOBBY)
    assert.deepEqual(await listed(), [LOBBY, OTHER])
  })

  it('so many rooms are listed and no more, until some are over', async (directory, { pass, listed }) => {
    for (let number = 0; number < LISTED_MAX; number++) await directory.add(parseSlug(`room-${number}`))
    await assert.rejects(directory.add(LOBBY), refused('busy'))
    await directory.add(parseSlug('room-0'))
    await pass(HOUR)
    await directory.add(LOBBY)
    assert.deepEqual(await listed(), [LOBBY])
  })

  it('rooms of any name are ordinary', async (directory, { listed }) => {
    const rooms = ['constructor', 'büro', '日本'].map(parseSlug).sort()
    for (const room of rooms) await directory.add(room)
    assert.deepEqual(await listed(), rooms)
  })
}
