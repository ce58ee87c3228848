import type { Chat } from '../chat.ts'
import type { EventId, Posted, RoomEvent } from '../event.ts'
import type { Store } from '../ports/store.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import type { Feed } from './feed.ts'
import type { Gap } from './frames.ts'
import { beganAfter, type Resumption } from './resume.ts'
import type { Subscriber } from './subscriber.ts'

/** A reader who missed more than this begins afresh with the newest. */
export const CATCH_UP_MAX = 200

/** So many messages a page shows. */
export const PAGE_MESSAGES = 50

/** So many events are in memory for a reader while it takes what it missed: with 4 KiB of text each, less than may wait. */
const BUFFERED_EVENTS_MAX = 32

/** How often a reader can be ahead of the feed before that counts as broken; each time is a turn of the loop or more. */
const WAIT_ATTEMPTS_MAX = 50
const WAIT_INTERVAL_MS = 10

/** What a reader is shown at first, and where it goes on. */
export interface StreamStart {
  readonly messages: readonly Posted[]
  /** Whether there are older ones. */
  readonly older: boolean
  readonly resumption: Resumption
}

/**
 * Where a reader begins that shows a kept room's messages from its stream alone: with the last of those before the
 * cursor that it holds, else with the newest.
 */
export async function findStreamStart(
  { store }: Pick<Chat, 'store'>,
  room: Slug,
  requested: EventId | undefined,
  limit: number,
): Promise<StreamStart | undefined> {
  if (!(await store.findKeptRoom(room))) return undefined
  const top = await store.top(room)
  if (
    requested &&
    (await store.hasEvent(room, requested)) &&
    (await isWithinCatchUp(store, room, requested, top))
  ) {
    const before = { ...requested, seq: requested.seq + 1 }
    const { messages, older } = await store.readPage(room, { kind: 'before', id: before }, limit)
    return { messages, older, resumption: { requested, issued: undefined } }
  }
  const page = await store.readPage(room, { kind: 'newest' }, limit)
  return { ...page, resumption: { requested: page.top, issued: undefined } }
}

async function isWithinCatchUp(store: Store, room: Slug, asked: EventId, top: EventId): Promise<boolean> {
  return (await store.readEvents(room, asked, top, CATCH_UP_MAX + 1)).length <= CATCH_UP_MAX
}

/**
 * Adds a reader to a room's feed: first exactly what it missed, in a kept room however long ago, as it takes it; then what
 * comes. Resolves also when the reader leaves meanwhile.
 * @param shown messages from before what was missed, which it is to show too
 * @throws Refusal `busy` while the feed can't be brought to where the reader is
 */
export async function catchUp<Parcel>(
  chat: Pick<Chat<Parcel>, 'store' | 'bus' | 'hub' | 'clock'>,
  room: Slug,
  feed: Feed<Parcel>,
  subscriber: Subscriber<Parcel>,
  resumption: Resumption | undefined,
  shown: readonly Posted[] = [],
): Promise<void> {
  if (!resumption) return feed.join(subscriber, undefined)
  const { catchingUpReaders } = feed
  // Until it is known to be kept: of a vanishing room nobody goes on before what their own page was given.
  catchingUpReaders.add(subscriber, resumption.issued ?? feed.top)
  try {
    const kept = (await chat.store.findKeptRoom(room)) !== undefined
    if (kept) catchingUpReaders.setCursor(subscriber, resumption.requested)
    // Of a vanishing room only its own pages tell a cursor that is worth waiting for.
    if (kept || resumption.issued) await ensureFeedReaches(chat, room, feed, resumption.requested, kept)
    if (kept) await sendMissed(chat, room, feed, subscriber, resumption.requested, shown)
    else if (catchingUpReaders.has(subscriber)) feed.join(subscriber, resumption)
  } catch (error) {
    feed.leave(subscriber)
    throw error
  }
}

/** Brings a reader what it missed of a kept room, each piece when it has taken the one before, and lets it join. */
async function sendMissed<Parcel>(
  { store }: Pick<Chat, 'store'>,
  room: Slug,
  feed: Feed<Parcel>,
  subscriber: Subscriber<Parcel>,
  asked: EventId,
  shown: readonly Posted[],
): Promise<void> {
  const { catchingUpReaders } = feed
  let top = feed.top
  let missed = await readMissed(store, room, asked, top)
  // What comes while the store is read is read too: nothing falls between the last reading and the joining.
  while (feed.top !== top) {
    const from = top
    top = feed.top
    const more = await store.readEvents(room, from, top, CATCH_UP_MAX + 1)
    if (more.length <= CATCH_UP_MAX) missed.push(...more)
    else missed = await readMissed(store, room, asked, top)
  }
  const afresh = missed[0]?.kind === 'gap'
  let rest = afresh ? missed : [...shown, ...missed]
  catchingUpReaders.sendNext(subscriber, rest)
  // What there is no room for yet is read again when there is.
  const shownLeft = afresh ? 0 : Math.max(0, rest.length - missed.length)
  const last = rest[shownLeft + BUFFERED_EVENTS_MAX - 1]
  if (last && rest.length > shownLeft + BUFFERED_EVENTS_MAX) {
    rest.length = shownLeft + BUFFERED_EVENTS_MAX
    top = last.id
  }
  while (catchingUpReaders.has(subscriber) && (rest.length > 0 || top !== feed.top)) {
    await subscriber.ready?.()
    if (rest.length === 0) {
      const upTo = feed.top
      rest = await store.readEvents(room, top, upTo, BUFFERED_EVENTS_MAX)
      top = rest.length === BUFFERED_EVENTS_MAX ? (rest.at(-1)?.id ?? upTo) : upTo
    }
    catchingUpReaders.sendNext(subscriber, rest)
  }
  feed.joinCaughtUp(subscriber)
}

/**
 * Waits until the feed is where a reader is.
 * @throws Refusal `busy` where it can't be brought there
 */
async function ensureFeedReaches<Parcel>(
  chat: Pick<Chat<Parcel>, 'store' | 'bus' | 'hub' | 'clock'>,
  room: Slug,
  feed: Feed<Parcel>,
  asked: EventId,
  kept: boolean,
): Promise<void> {
  if (await waitUntilFeedReaches(chat, feed, asked)) return
  // What it lacks was lost on its way.
  chat.hub.advanceTo(room, await (kept ? chat.store : chat.bus).top(room))
  const reached = await waitUntilFeedReaches(chat, feed, asked)
  // Joined now, it would get again what it holds.
  if (!reached && kept && (await chat.store.hasEvent(room, asked))) throw feedBehindRefusal()
}

/** What has its number reaches a page a moment before the bus brings it to the feed. */
async function waitUntilFeedReaches<Parcel>(
  { clock }: Pick<Chat, 'clock'>,
  feed: Feed<Parcel>,
  asked: EventId,
): Promise<boolean> {
  for (let turn = 0; turn < WAIT_ATTEMPTS_MAX; turn++) {
    if (feed.closed || feed.top.epoch !== asked.epoch || feed.top.seq >= asked.seq) return true
    await new Promise<void>((resolve) => clock.after(WAIT_INTERVAL_MS, resolve))
  }
  return false
}

async function readMissed(
  store: Store,
  room: Slug,
  asked: EventId,
  top: EventId,
): Promise<(RoomEvent | Gap)[]> {
  // Who was there before the first message, even before the room was kept, missed nothing but what was said since.
  const held = beganAfter(asked, top.epoch) ? { epoch: top.epoch, seq: 0 } : asked
  if (await store.hasEvent(room, held)) {
    const missed = await store.readEvents(room, held, top, CATCH_UP_MAX + 1)
    if (missed.length <= CATCH_UP_MAX) return missed
  }
  const upTo = { ...top, seq: top.seq + 1 }
  const { messages, older } = await store.readPage(room, { kind: 'before', id: upTo }, PAGE_MESSAGES)
  const first = messages[0]?.id
  const id = first ? { epoch: first.epoch, seq: first.seq - 1 } : top
  const gap: Gap = { kind: 'gap', id, missed: undefined, reset: { older } }
  if (!first) return [gap]
  // With the newest event the reader’s cursor is at the top, however much was edited and deleted since the last message.
  const last = await store.readEvents(room, { ...top, seq: top.seq - 1 }, top, 1)
  return [gap, ...messages, ...last.filter(({ kind }) => kind !== 'posted')]
}

function feedBehindRefusal(): Refusal {
  return new Refusal('busy', 'What happened in this room is still on its way. Try again in a moment.', 1)
}
