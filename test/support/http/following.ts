import assert from 'node:assert/strict'
import type { Room } from '../../../examples/snug-client.ts'
import type { RoomEvent } from '../../../examples/snug-events.ts'
import { eventually } from '../eventually.ts'
import type { Until } from '../process/snug-process.ts'

/** A program that follows a room until the test ends, and what came to it so far. */
export class Following {
  readonly events: RoomEvent[] = []
  /** Resolves when the room was deleted, or the test ended. */
  readonly over: Promise<void>
  readonly #ending = new AbortController()

  constructor(t: Until, room: Room, options: { readonly after?: string; readonly silence?: number } = {}) {
    this.over = this.#follow(room, { signal: this.#ending.signal, ...options })
    t.after(() => this.end())
  }

  end(): Promise<void> {
    this.#ending.abort()
    return this.over
  }

  get texts(): string[] {
    return this.of('posted').map(({ text }) => text)
  }

  of<Kind extends RoomEvent['kind']>(kind: Kind): Extract<RoomEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<RoomEvent, { kind: Kind }> => event.kind === kind)
  }

  /** Waits until it has been connected so often. */
  isOpen(times = 1): Promise<void> {
    return eventually(async () => assert.ok(this.of('open').length >= times))
  }

  /** Waits until exactly these texts came, in this order. */
  sees(...texts: string[]): Promise<void> {
    return eventually(async () => assert.deepEqual(this.texts, texts))
  }

  async #follow(room: Room, options: Parameters<Room['follow']>[0]): Promise<void> {
    for await (const event of room.follow(options)) this.events.push(event)
  }
}
