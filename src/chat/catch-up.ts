import type { Chat } from './chat.ts'
import type { EventId, RoomEvent } from './event.ts'
import type { Feed, Subscriber } from './feed.ts'
import type { Gap } from './frames.ts'
import { beganAfter, type Resumption } from './resume.ts'
import type { Slug } from './room.ts'

/** A reader who missed more than this begins afresh with the newest. */
export const CATCH_UP_MAX = 200

/** So many messages a page shows. */
export const PAGE_MESSAGES = 50

/** How often a reader can be ahead of the feed before it is taken as it is; each time is a turn of the loop or more. */
const PATIENCE = 50
const PATIENCE_MS = 10

/** Adds a reader to a room's feed: first exactly what it missed, in a kept room however long ago, then what comes. */
export async function catchUp<Parcel>(
  chat: Pick<Chat, 'store' | 'clock'>,
  room: Slug,
  feed: Feed<Parcel>,
  subscriber: Subscriber<Parcel>,
  resumption: Resumption | undefined,
): Promise<void> {
  if (!resumption || !(await chat.store.find(room))) return feed.join(subscriber, resumption)
  await reach(chat, feed, resumption.asked)
  let top = feed.top
  const missed = await missedSince(chat, room, resumption.asked, top)
  // What comes while the store is read is read too: nothing falls between the last reading and the joining.
  while (feed.top !== top) {
    const from = top
    top = feed.top
    missed.push(...(await chat.store.between(room, from, top, CATCH_UP_MAX)))
  }
  feed.join(subscriber, resumption, missed)
}

/** What is stored reaches a page a moment before the bus brings it to the feed. */
async function reach<Parcel>({ clock }: Pick<Chat, 'clock'>, feed: Feed<Parcel>, asked: EventId) {
  for (let turn = 0; turn < PATIENCE; turn++) {
    if (feed.top.epoch !== asked.epoch || feed.top.seq >= asked.seq) return
    await new Promise<void>((resolve) => clock.after(PATIENCE_MS, resolve))
  }
}

async function missedSince(
  { store }: Pick<Chat, 'store'>,
  room: Slug,
  asked: EventId,
  top: EventId,
): Promise<(RoomEvent | Gap)[]> {
  // Who was there before the first message, even before the room was kept, missed nothing but what was said since.
  const held = beganAfter(asked, top.epoch) ? { epoch: top.epoch, seq: 0 } : asked
  if (await store.knows(room, held)) {
    const missed = await store.between(room, held, top, CATCH_UP_MAX + 1)
    if (missed.length <= CATCH_UP_MAX) return missed
  }
  const { messages } = await store.page(room, { kind: 'newest' }, PAGE_MESSAGES)
  const first = messages[0]?.id
  const id = first ? { epoch: first.epoch, seq: first.seq - 1 } : top
  const shown = messages.filter((message) => message.id.seq <= top.seq)
  return [{ kind: 'gap', id, missed: undefined, afresh: true }, ...shown]
}
