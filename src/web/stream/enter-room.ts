import { htmlLength } from '../../../views/message-html.ts'
import { takeSeat } from '../../chat/actions/take-seat.ts'
import { withinLimit } from '../../chat/actions/within-limit.ts'
import type { Chat } from '../../chat/chat.ts'
import { findStreamStart, PAGE_MESSAGES, type StreamStart } from '../../chat/delivery/catch-up.ts'
import type { Feed } from '../../chat/delivery/feed.ts'
import { type Format, isTerminalFormat } from '../../chat/delivery/frames.ts'
import type { Resumption } from '../../chat/delivery/resume.ts'
import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Member } from '../../chat/member.ts'
import type { Undo } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { textLength } from '../../frames/terminal.ts'
import type { Chunk } from './chunk.ts'
import type { StreamLimitKeys } from './streams.ts'
import { terminalOpening } from './terminal-opening.ts'

/** How many messages a terminal shows first. */
const TERMINAL_MESSAGES = 10

/** What an admitted reader gets. `leave` leaves the room and releases the reader's slot. */
export interface EnteredRoom {
  readonly feed: Feed<Chunk>
  /** The reader's own tag, for pages without scripts and terminals: it marks own messages and finds mentions. */
  readonly tag: string | undefined
  /** The kept room; set only for pages without scripts, which show its retention. */
  readonly kept: KeptRoom | undefined
  /** The messages of a kept room with which the stream begins. */
  readonly initialHistory: StreamStart | undefined
  /** The first lines at a terminal; empty in other formats. */
  readonly opening: string
  readonly leave: Undo
}

/** The request of a reader who enters a room. */
export interface EntryRequest {
  readonly format: Format
  readonly resumption: Resumption | undefined
  /** Whether it continues a page without scripts that has ended. */
  readonly continued: boolean
  /** The origin at which the reader reached the server. */
  readonly origin: string
}

/**
 * Enters the room with one more stream.
 * @param release releases the admitted slot; called when the reader leaves or can't enter
 * @throws Refusal `gone`, `busy`; `conflict` for a name that somebody else has
 */
export async function enterRoom(
  chat: Chat<Chunk>,
  { member, room, address }: StreamLimitKeys,
  request: EntryRequest,
  release: Undo,
): Promise<EnteredRoom> {
  const undos = [release]
  const leave = () => {
    for (const undo of undos) undo()
  }
  try {
    const { format, resumption, origin } = request
    const feed = await chat.hub.feed(room)
    chat.similarRooms.record(room)
    await chat.directory.renew(room).catch(ignoreFull)
    const liveness = format === 'htmx' ? 'confirmed' : 'connected'
    if (member?.declaredName) await takeDeclaredName(chat, room, member, address).catch(ignoreFull)
    if (member) undos.push(await chat.roster.enter(room, member, liveness))
    const tag =
      (format === 'html' || isTerminalFormat(format)) && member
        ? (await chat.roster.seatOf(room, member)).tag
        : undefined
    const kept = format === 'html' ? await chat.store.findKeptRoom(room) : undefined
    const initialHistory = await readInitialHistory(chat, room, request)
    const isFirstConnection = isTerminalFormat(format) && !resumption
    const opening = isFirstConnection
      ? await terminalOpening(chat, format, { room, origin, member, initialHistory })
      : ''
    return { feed, tag, kept, initialHistory, opening, leave }
  } catch (error) {
    leave()
    throw error
  }
}

/**
 * Takes the name that a program gives. Its limit is that of the address: a program that gives another name is another
 * member, and further streams under the same name take nothing.
 */
async function takeDeclaredName(
  chat: Chat<Chunk>,
  room: Slug,
  member: Member,
  address: StreamLimitKeys['address'],
): Promise<void> {
  const seat = await chat.roster.seatIfHere(room, member)
  const take = () => takeSeat(chat, room, member)
  await (seat?.name === member.declaredName ? take() : withinLimit(chat.limits, 'name', { address }, take))
}

/** For `.catch()`: reading takes no space, so it continues while nothing more can be stored. */
function ignoreFull(thrown: unknown): void {
  if (!(thrown instanceof Refusal && thrown.code === 'full')) throw thrown
}

/** The messages of a kept room for readers who have only their stream: pages without scripts, and terminals. */
async function readInitialHistory(
  chat: Chat<Chunk>,
  room: Slug,
  { format, resumption, continued }: EntryRequest,
): Promise<StreamStart | undefined> {
  if (format === 'html')
    return findStreamStart(
      chat,
      room,
      continued ? resumption?.requested : undefined,
      PAGE_MESSAGES,
      htmlLength,
    )
  if (isTerminalFormat(format) && !resumption)
    return findStreamStart(chat, room, undefined, TERMINAL_MESSAGES, textLength)
  return undefined
}
