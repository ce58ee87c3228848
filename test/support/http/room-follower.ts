import assert from 'node:assert/strict'
import type { Room } from '../../../examples/snug-client.ts'
import type { RoomEvent } from '../../../examples/snug-events.ts'
import { eventually } from '../eventually.ts'
import type { TestScope } from '../process/snug-process.ts'

/** A program that follows a room until the test ends, with the events that it received. */
export class RoomFollower {
  readonly events: RoomEvent[] = []
  /** Resolves when the room is deleted or the test ends. */
  readonly ended: Promise<void>
  readonly #abort = new AbortController()

  constructor(
    t: TestScope,
    room: Room,
    options: { readonly after?: string; readonly idleTimeoutMs?: number } = {},
  ) {
    this.ended = this.#follow(room, { signal: this.#abort.signal, ...options })
    t.after(() => this.end())
  }

  end(): Promise<void> {
    this.#abort.abort()
    return this.ended
  }

  get texts(): string[] {
    return this.eventsOf('posted').map(({ text }) => text)
  }

  eventsOf<Kind extends RoomEvent['kind']>(kind: Kind): Extract<RoomEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<RoomEvent, { kind: Kind }> => event.kind === kind)
  }

  /** Waits until it has connected this many times. */
  waitForOpen(times = 1): Promise<void> {
    return eventually(async () => assert.ok(this.eventsOf('open').length >= times))
  }

  /** Waits until it has received exactly these texts, in this order. */
  sees(...texts: string[]): Promise<void> {
    return eventually(async () => assert.deepEqual(this.texts, texts))
  }

  async #follow(room: Room, options: Parameters<Room['follow']>[0]): Promise<void> {
    for await (const event of room.follow(options)) this.events.push(event)
  }
}
