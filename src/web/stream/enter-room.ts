import { takeSeat } from '../../chat/actions/take-seat.ts'
import { withinLimit } from '../../chat/actions/within-limit.ts'
import type { Chat } from '../../chat/chat.ts'
import { findStreamStart, PAGE_MESSAGES, type StreamStart } from '../../chat/delivery/catch-up.ts'
import type { Feed } from '../../chat/delivery/feed.ts'
import { type Format, isTerminalFormat } from '../../chat/delivery/frames.ts'
import type { Resumption } from '../../chat/delivery/resume.ts'
import { enterable } from '../../chat/enterable.ts'
import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Undo } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Chunk } from './chunk.ts'
import type { StreamLimitKeys } from './streams.ts'
import { terminalOpening } from './terminal-opening.ts'

/** So many messages a terminal is shown at first. */
const TERMINAL_MESSAGES = 10

/** What an admitted reader gets, and leaves when it goes: its place, and the room. */
export interface EnteredRoom {
  readonly feed: Feed<Chunk>
  /** Marks its own messages, where the page has no script to do that. */
  readonly tag: string | undefined
  /** The kept room that it reads, where its page says so. */
  readonly kept: KeptRoom | undefined
  /** Messages of a kept room that it is shown at first. */
  readonly initialHistory: StreamStart | undefined
  /** What somebody at a terminal is shown before that comes which others say. */
  readonly opening: string
  readonly leave: Undo
}

/** How a reader comes. */
export interface EntryRequest {
  readonly format: Format
  readonly resumption: Resumption | undefined
  /** Whether it goes on from a page that ended. */
  readonly continued: boolean
  /** Where it reached the server. */
  readonly origin: string
}

/**
 * Enters the room by one more stream.
 * @param leavePlace undoes that it was admitted: run when it leaves, or can't be let in
 * @throws Refusal `gone`, `busy`; `conflict` for a name that somebody else has
 */
export async function enterRoom(
  chat: Chat<Chunk>,
  { member, room, address }: StreamLimitKeys,
  entering: EntryRequest,
  leavePlace: Undo,
): Promise<EnteredRoom> {
  const undos = [leavePlace]
  const leave = () => {
    for (const undo of undos) undo()
  }
  try {
    const { format, resumption, origin } = entering
    await enterable(chat, room, member)
    const feed = await chat.hub.feed(room)
    await chat.directory.renew(room).catch(ignoreFull)
    const stay = format === 'htmx' ? 'confirmed' : 'connected'
    if (member?.declaredName)
      await withinLimit(chat.limits, 'name', { member, address }, () => takeSeat(chat, room, member)).catch(
        ignoreFull,
      )
    if (member) undos.push(await chat.roster.enter(room, member, stay))
    const tag = format === 'html' && member ? (await chat.roster.seatOf(room, member)).tag : undefined
    const kept = format === 'html' ? await chat.store.findKeptRoom(room) : undefined
    const initialHistory = await readInitialHistory(chat, room, entering)
    const greets = isTerminalFormat(format) && !resumption
    const opening = greets
      ? await terminalOpening(chat, format, { room, origin, member, initialHistory })
      : ''
    return { feed, tag, kept, initialHistory, opening, leave }
  } catch (error) {
    leave()
    throw error
  }
}

/** For a `catch`: reading takes no space, and goes on where nothing more can be stored. */
function ignoreFull(thrown: unknown): void {
  if (!(thrown instanceof Refusal && thrown.code === 'full')) throw thrown
}

/** Pages and terminals that have nothing but their stream begin with what a kept room remembers. */
async function readInitialHistory(
  chat: Chat<Chunk>,
  room: Slug,
  { format, resumption, continued }: EntryRequest,
): Promise<StreamStart | undefined> {
  if (format === 'html')
    return findStreamStart(chat, room, continued ? resumption?.requested : undefined, PAGE_MESSAGES)
  if (isTerminalFormat(format) && !resumption)
    return findStreamStart(chat, room, undefined, TERMINAL_MESSAGES)
  return undefined
}
