import { LocalBus } from '../../src/bus/local.ts'
import type { Chat } from '../../src/chat/chat.ts'
import { FanOut } from '../../src/chat/delivery/fan-out.ts'
import { Hub } from '../../src/chat/delivery/hub.ts'
import { Presence } from '../../src/chat/delivery/presence.ts'
import { MessageCache } from '../../src/chat/history/message-cache.ts'
import type { RateLimits } from '../../src/chat/limits/rate-limit.ts'
import { MentionedPeople } from '../../src/chat/mentions/mentioned-people.ts'
import type { Bus } from '../../src/chat/ports/bus.ts'
import { SimilarRooms } from '../../src/chat/similar-rooms.ts'
import { NO_LIMITS } from '../../src/config/limit-flags.ts'
import { MemoryDirectory } from '../../src/directory/memory.ts'
import { encoders } from '../../src/frames/encoders.ts'
import { MemoryLimits } from '../../src/limits/memory.ts'
import { MemoryRoster } from '../../src/roster/memory.ts'
import { LazyStore } from '../../src/store/sqlite/lazy-store.ts'
import { LazyTokens } from '../../src/store/sqlite/tokens/lazy-tokens.ts'
import { TestClock } from './clock.ts'
import { ROSTER_TIMES } from './roster-times.ts'
import { testSecrets } from './secrets.ts'

/** The core wired as in production, with a test clock and with chunks of plain text. */
export function testChat(
  wrap: (bus: Bus) => Bus = (bus) => bus,
  rateLimits: RateLimits = NO_LIMITS,
): Chat<string> & { readonly clock: TestClock } {
  const clock = new TestClock()
  const secrets = testSecrets()
  const bus = wrap(new LocalBus(clock, secrets))
  const roster = new MemoryRoster(clock, secrets, ROSTER_TIMES)
  const mentions = new MentionedPeople(roster)
  const tools = {
    encoders,
    mentions,
    encodeChunk: (text: string) => text,
    fanOut: new FanOut(clock),
    retryMs: () => 1500,
    end: () => {},
  }
  const store = new LazyStore(undefined, () => Promise.reject(new Error('Nothing is kept here')))
  const tokens = new LazyTokens(store)
  const hub = new Hub(bus, store, clock, 60_000, tools)
  const presence = new Presence(roster, bus, clock, (error) => {
    throw error
  })
  const limits = new MemoryLimits(clock, rateLimits)
  return {
    bus,
    store,
    tokens,
    roster,
    directory: new MemoryDirectory(clock),
    limits,
    mentions,
    messageCache: new MessageCache(clock),
    hub,
    presence,
    similarRooms: new SimilarRooms(clock),
    clock,
    secrets,
  }
}
