import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Directory } from '../../src/chat/ports/directory.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { LISTED_MAX } from '../../src/directory/listed-max.ts'
import { LOBBY } from '../support/events.ts'
import { refused } from '../support/refused.ts'

/** An empty directory, and its clock. */
export interface DirectoryUnderTest {
  readonly directory: Directory
  /** Advances the time, in milliseconds. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

const HOUR = 3_600_000
const SECOND = 1_000
const OTHER = parseSlug('other')

/** The contract of every directory. */
export function directoryContract(name: string, make: () => Promise<DirectoryUnderTest>): void {
  function it(
    title: string,
    run: (
      directory: Directory,
      tools: { advance: DirectoryUnderTest['advance']; listed: () => Promise<string[]> },
    ) => Promise<void>,
  ): void {
    test(`${title} (${name})`, async (t) => {
      const { directory, advance, close } = await make()
      t.after(close)
      await run(directory, { advance, listed: async () => (await directory.listedRooms()).sort() })
    })
  }

  it('a room is listed once, however often it was added', async (directory, { listed }) => {
    assert.deepEqual(await listed(), [])
    await directory.add(LOBBY)
    await directory.add(OTHER)
    await directory.add(LOBBY)
    assert.deepEqual(await listed(), [LOBBY, OTHER])
  })

  it('using a room that was not added does not list it', async (directory, { listed }) => {
    await directory.renew(LOBBY)
    assert.deepEqual(await listed(), [])
  })

  it('a room stays listed for an hour after its last use', async (directory, { advance, listed }) => {
    await directory.add(LOBBY)
    await directory.add(OTHER)
    await advance(HOUR - SECOND)
    await directory.renew(LOBBY)
    await advance(SECOND)
    assert.deepEqual(await listed(), [LOBBY])
    await advance(HOUR - 3 * SECOND)
    assert.deepEqual(await listed(), [LOBBY])
    await advance(2 * SECOND)
    assert.deepEqual(await listed(), [])
  })

  it('using a room whose listing has expired does not list it again', async (directory, {
    advance,
    listed,
  }) => {
    await directory.add(LOBBY)
    await advance(HOUR - SECOND)
    await directory.add(OTHER)
    await advance(SECOND)
    await directory.renew(LOBBY)
    assert.deepEqual(await listed(), [OTHER])
    await directory.add(LOBBY)
    assert.deepEqual(await listed(), [LOBBY, OTHER])
  })

  it('a full directory refuses further rooms until some have expired', async (directory, {
    advance,
    listed,
  }) => {
    for (let number = 0; number < LISTED_MAX; number++) await directory.add(parseSlug(`room-${number}`))
    await assert.rejects(directory.add(LOBBY), refused('busy'))
    await directory.add(parseSlug('room-0'))
    await advance(HOUR)
    await directory.add(LOBBY)
    assert.deepEqual(await listed(), [LOBBY])
  })

  it('a room of any name can be listed', async (directory, { listed }) => {
    const rooms = ['constructor', 'büro', '日本'].map(parseSlug).sort()
    for (const room of rooms) await directory.add(room)
    assert.deepEqual(await listed(), rooms)
  })
}
