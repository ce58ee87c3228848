import { FanOut } from '../../src/chat/delivery/fan-out.ts'
import { Feed } from '../../src/chat/delivery/feed.ts'
import type { Encoders } from '../../src/chat/delivery/frames.ts'
import { ReplayWindow } from '../../src/chat/delivery/replay-window.ts'
import type { EventId } from '../../src/chat/event.ts'
import { encoders } from '../../src/frames/encoders.ts'
import { TestClock } from './clock.ts'

export interface TestFeedOptions {
  readonly windowMs?: number
  readonly encoders?: Encoders
}

/** A feed without a hub, with chunks of plain text. It sends nothing until the clock advances. */
export function testFeed(
  top: EventId,
  options: TestFeedOptions = {},
): { feed: Feed<string>; clock: TestClock } {
  const clock = new TestClock()
  const window = new ReplayWindow(clock, options.windowMs ?? 60_000)
  const feed = new Feed(top, window, {
    encoders: options.encoders ?? encoders,
    encodeChunk: (text) => text,
    fanOut: new FanOut(clock),
    retryMs: () => 1500,
  })
  return { feed, clock }
}
