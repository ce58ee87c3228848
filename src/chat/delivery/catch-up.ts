import type { Chat } from '../chat.ts'
import type { EventId, Posted, RoomEvent } from '../event.ts'
import { readHistory } from '../history/read-history.ts'
import type { Mentioned } from '../mentions/mentioned-people.ts'
import type { Store } from '../ports/store.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import type { Feed } from './feed.ts'
import { type Gap, isProgramFormat } from './frames.ts'
import { beganAfter, type Resumption } from './resume.ts'
import type { Subscriber } from './subscriber.ts'

/**
 * The most missed events that a page or a terminal is sent. One that missed more starts over with the newest messages.
 * A program gets all of them, part by part.
 */
export const CATCH_UP_MAX = 200

/** The messages on one page. */
export const PAGE_MESSAGES = 50

/** Events in memory for a reader while it catches up. With 4 KiB of text each they stay below the reader's bound. */
const BUFFERED_EVENTS_MAX = 32

/**
 * How often a reader may be found ahead of its feed before the feed counts as broken. Each attempt takes a turn of the
 * event loop or more.
 */
const WAIT_ATTEMPTS_MAX = 50
const WAIT_INTERVAL_MS = 10

/** The messages that a stream starts with, and where it then resumes. */
export interface StreamStart {
  readonly messages: readonly Posted[]
  /** Whether there are older messages. */
  readonly older: boolean
  readonly resumption: Resumption
}

/**
 * Finds the start of a stream for a reader who sees the messages of a kept room in the stream alone: the last messages
 * up to its cursor if it has one and missed little, else the newest messages.
 * @param limit the most messages
 * @param lengthOf how many characters a message takes in the stream
 * @returns undefined for a vanishing room
 */
export async function findStreamStart(
  chat: Pick<Chat, 'store' | 'messageCache'>,
  room: Slug,
  requested: EventId | undefined,
  limit: number,
  lengthOf: (message: Posted) => number,
): Promise<StreamStart | undefined> {
  const { store } = chat
  if (!(await store.findKeptRoom(room))) return undefined
  const top = await store.top(room)
  if (
    requested &&
    (await store.hasEvent(room, requested)) &&
    (await isWithinCatchUp(store, room, requested, top))
  ) {
    const before = { ...requested, seq: requested.seq + 1 }
    const { messages, older } = await readHistory(chat, room, { kind: 'before', id: before }, limit, lengthOf)
    return { messages, older, resumption: { requested, issued: undefined } }
  }
  const page = await readHistory(chat, room, { kind: 'newest' }, limit, lengthOf)
  return { ...page, resumption: { requested: page.top, issued: undefined } }
}

async function isWithinCatchUp(store: Store, room: Slug, cursor: EventId, top: EventId): Promise<boolean> {
  return (await store.readEvents(room, cursor, top, CATCH_UP_MAX + 1)).length <= CATCH_UP_MAX
}

/**
 * Adds a reader to a room's feed. It gets exactly what it missed, then the live events. In a kept room that includes
 * events of any age, as fast as the reader takes them. Also resolves if the reader leaves meanwhile.
 * @param shown messages from before the missed events, to be sent first
 * @throws Refusal `busy` while the feed can't reach the reader's cursor
 */
export async function catchUp<Chunk>(
  chat: Pick<Chat<Chunk>, 'store' | 'messageCache' | 'bus' | 'hub' | 'clock'>,
  room: Slug,
  feed: Feed<Chunk>,
  subscriber: Subscriber<Chunk>,
  resumption: Resumption | undefined,
  shown: readonly Posted[] = [],
): Promise<void> {
  if (!resumption) return feed.join(subscriber, undefined)
  const { catchingUpReaders } = feed
  // The cursor until the room's kind is known: in a vanishing room nobody resumes before the cursor of their own page.
  catchingUpReaders.add(subscriber, resumption.issued ?? feed.top)
  try {
    const kept = (await chat.store.findKeptRoom(room)) !== undefined
    if (kept) catchingUpReaders.setCursor(subscriber, resumption.requested)
    // In a vanishing room only a cursor that a page was issued is worth waiting for.
    if (kept || resumption.issued) await ensureFeedReaches(chat, room, feed, resumption.requested, kept)
    if (kept) await sendMissed(chat, room, feed, subscriber, resumption.requested, shown)
    else if (catchingUpReaders.has(subscriber)) feed.join(subscriber, resumption)
  } catch (error) {
    feed.leave(subscriber)
    throw error
  }
}

/** Sends a reader what it missed in a kept room, each chunk when the one before is taken. Then the reader joins. */
async function sendMissed<Chunk>(
  chat: Pick<Chat, 'store' | 'messageCache'>,
  room: Slug,
  feed: Feed<Chunk>,
  subscriber: Subscriber<Chunk>,
  cursor: EventId,
  shown: readonly Posted[],
): Promise<void> {
  const { catchingUpReaders } = feed
  const readEvents = sharedEventReader(chat, room)
  let top = feed.top
  const isProgram = isProgramFormat(subscriber.format)
  let missed = await readMissed(chat, room, cursor, top, isProgram)
  // Events that arrive while the store is read are read too, so none is lost between the last read and the join.
  const isPart = () => isProgram && missed.length > CATCH_UP_MAX
  while (feed.top !== top && !isPart()) {
    const from = top
    top = feed.top
    const more = await readEvents(from, top, CATCH_UP_MAX + 1)
    if (more.length <= CATCH_UP_MAX) missed.push(...more)
    else missed = await readMissed(chat, room, cursor, top, isProgram)
  }
  // The rest is read when the reader has taken these.
  if (isPart()) top = missed.at(-1)?.id ?? top
  const startsOver = missed[0]?.kind === 'gap'
  let rest = startsOver ? missed : [...shown, ...missed]
  let mentioned = await findMentioned(feed, subscriber, rest)
  catchingUpReaders.sendNext(subscriber, rest, mentioned)
  // Events beyond the bound are dropped here and read again when the reader has taken the others.
  const shownLeft = startsOver ? 0 : Math.max(0, rest.length - missed.length)
  const last = rest[shownLeft + BUFFERED_EVENTS_MAX - 1]
  if (last && rest.length > shownLeft + BUFFERED_EVENTS_MAX) {
    rest.length = shownLeft + BUFFERED_EVENTS_MAX
    top = last.id
  }
  while (catchingUpReaders.has(subscriber) && (rest.length > 0 || top !== feed.top)) {
    await subscriber.ready?.()
    if (rest.length === 0) {
      const upTo = feed.top
      rest = await readEvents(top, upTo, BUFFERED_EVENTS_MAX)
      top = rest.length === BUFFERED_EVENTS_MAX ? (rest.at(-1)?.id ?? upTo) : upTo
      mentioned = await findMentioned(feed, subscriber, rest)
    }
    catchingUpReaders.sendNext(subscriber, rest, mentioned)
  }
  feed.joinAfterCatchUp(subscriber)
}

/** Finds the people that the events mention, for a program. Pages find them by script: undefined for other formats. */
async function findMentioned<Chunk>(
  feed: Feed<Chunk>,
  { format }: Subscriber<Chunk>,
  events: readonly (RoomEvent | Gap)[],
): Promise<Mentioned | undefined> {
  if (!isProgramFormat(format)) return undefined
  return feed.findMentioned(events.filter((event) => event.kind !== 'gap'))
}

/**
 * Waits until the feed has reached the cursor of a reader.
 * @throws Refusal `busy` if the feed can't reach it
 */
async function ensureFeedReaches<Chunk>(
  chat: Pick<Chat<Chunk>, 'store' | 'bus' | 'hub' | 'clock'>,
  room: Slug,
  feed: Feed<Chunk>,
  cursor: EventId,
  kept: boolean,
): Promise<void> {
  if (await waitUntilFeedReaches(chat, feed, cursor)) return
  // The events that the feed lacks were lost on the bus.
  chat.hub.advanceTo(room, await (kept ? chat.store : chat.bus).top(room))
  const reached = await waitUntilFeedReaches(chat, feed, cursor)
  // A reader who joined now would get again what it already has.
  if (!reached && kept && (await chat.store.hasEvent(room, cursor))) throw feedBehindRefusal()
}

/** A page can have the id of an event a moment before the bus delivers the event to the feed. */
async function waitUntilFeedReaches<Chunk>(
  { clock }: Pick<Chat, 'clock'>,
  feed: Feed<Chunk>,
  cursor: EventId,
): Promise<boolean> {
  for (let turn = 0; turn < WAIT_ATTEMPTS_MAX; turn++) {
    if (feed.closed || feed.top.epoch !== cursor.epoch || feed.top.seq >= cursor.seq) return true
    await new Promise<void>((resolve) => clock.after(WAIT_INTERVAL_MS, resolve))
  }
  return false
}

/**
 * Reads what a reader missed, or what it starts over with.
 * @param isProgram whether the reader never starts over because of the number of events. It may then get only the
 *   first ones, more than are buffered.
 */
async function readMissed(
  chat: Pick<Chat, 'store' | 'messageCache'>,
  room: Slug,
  cursor: EventId,
  top: EventId,
  isProgram: boolean,
): Promise<(RoomEvent | Gap)[]> {
  const { store } = chat
  // A reader from before the first message, even from before the room was kept, missed only the events since then.
  const start = beganAfter(cursor, top.epoch) ? { epoch: top.epoch, seq: 0 } : cursor
  if (await store.hasEvent(room, start)) {
    const missed = await sharedEventReader(chat, room)(start, top, CATCH_UP_MAX + 1)
    if (isProgram || missed.length <= CATCH_UP_MAX) return missed
  }
  const upTo = { ...top, seq: top.seq + 1 }
  const lengthOf = ({ text }: Posted) => text.length
  const { messages, older } = await readHistory(
    chat,
    room,
    { kind: 'before', id: upTo },
    PAGE_MESSAGES,
    lengthOf,
  )
  const first = messages[0]?.id
  const id = first ? { epoch: first.epoch, seq: first.seq - 1 } : top
  const gap: Gap = { kind: 'gap', id, missed: undefined, reset: { older } }
  if (!first) return [gap]
  // The newest event moves the reader's cursor to the top, however many edits and deletions followed the last message.
  const last = await store.readEvents(room, { ...top, seq: top.seq - 1 }, top, 1)
  return [gap, ...messages, ...last.filter(({ kind }) => kind !== 'posted')]
}

/** Reads events of a kept room. A message is the same object for all readers, so that it is encoded once. */
function sharedEventReader({ store, messageCache }: Pick<Chat, 'store' | 'messageCache'>, room: Slug) {
  return async (after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]> => {
    const events = await store.readEvents(room, after, upTo, limit)
    return events.map((event) => (event.kind === 'posted' ? messageCache.share(event) : event))
  }
}

function feedBehindRefusal(): Refusal {
  return new Refusal('busy', 'This room is still catching up. Try again in a moment.', 1)
}
