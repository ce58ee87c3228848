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

/** The number of events that are still in memory. */
async function remaining(events: readonly WeakRef<RoomEvent>[]): Promise<number> {
  // A weak reference keeps its target until the end of the turn.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  return events.filter((event) => event.deref() !== undefined).length
}

/** A bus that records its events in `seen`, by weak references, so that the test keeps none in memory. */
function watched(bus: Bus, seen: WeakRef<RoomEvent>[]): Bus {
  return {
    post: (...args) => bus.post(...args),
    publish: (...args) => bus.publish(...args),
    signal: (...args) => bus.signal(...args),
    top: (room) => bus.top(room),
    listen: (room, listener) =>
      bus.listen(room, (message) => {
        if ('id' in message && message.kind !== 'position') seen.push(new WeakRef(message))
        listener(message)
      }),
  }
}

test('P3: no message is left in memory after its minute, not even the last', async () => {
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

test('P3: a message that arrived while the feed was opening is not left in memory either', async () => {
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
