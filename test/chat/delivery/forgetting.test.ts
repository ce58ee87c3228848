import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { RoomEvent } from '../../../src/chat/event.ts'
import type { Bus } from '../../../src/chat/ports/bus.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { testChat } from '../../support/test-chat.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** The events that still are somewhere in memory. */
async function remaining(events: readonly WeakRef<RoomEvent>[]): Promise<number> {
  // A weak reference lives to the end of its turn.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  return events.filter((event) => event.deref() !== undefined).length
}

/** A bus that lets go of what it carries, and tells the test by weak references alone. */
function watched(bus: Bus, seen: WeakRef<RoomEvent>[]): Bus {
  return {
    post: (...posting) => bus.post(...posting),
    publish: (...carrying) => bus.publish(...carrying),
    signal: (...signalling) => bus.signal(...signalling),
    top: (room) => bus.top(room),
    listen: (room, listener) =>
      bus.listen(room, (heard) => {
        if ('id' in heard && heard.kind !== 'position') seen.push(new WeakRef(heard))
        listener(heard)
      }),
  }
}

test('when its minute is over, no message is left in memory, not even the last', async () => {
  const seen: WeakRef<RoomEvent>[] = []
  const { bus, hub, clock } = testChat((local) => watched(local, seen))
  const feed = await hub.feed(LOBBY)
  feed.join({ format: 'htmx', send: () => {} }, undefined)
  for (const key of ['k1', 'k2', 'k3']) await bus.post(LOBBY, ADA, AUTHOR, { text: `said ${key}`, key })
  clock.advance(59_000)
  assert.equal(await remaining(seen), 3)
  clock.advance(1_000)
  assert.equal(await remaining(seen), 0)
  assert.equal(feed.readerCount, 1)
})

test('nor one that came while the feed was opening', async () => {
  const seen: WeakRef<RoomEvent>[] = []
  const { bus, hub, clock } = testChat((local) => {
    const bus = watched(local, seen)
    return {
      ...bus,
      top: async (room) => {
        const top = await bus.top(room)
        await local.post(LOBBY, ADA, AUTHOR, { text: 'early', key: undefined })
        return top
      },
    }
  })
  const feed = await hub.feed(LOBBY)
  assert.equal(seen.length, 1)
  clock.advance(60_000)
  assert.equal(await remaining(seen), 0)
  assert.equal(feed.readerCount, 0)
  assert.ok(bus)
})
