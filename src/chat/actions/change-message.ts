import { authorDigest } from '../author-digest.ts'
import type { Chat } from '../chat.ts'
import type { EventId, Posted } from '../event.ts'
import { findRoom } from '../find-room.ts'
import type { Caller } from '../limits/rate-limit.ts'
import { parseDraft } from '../message.ts'
import type { EditAuthorization } from '../ports/store.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { withinLimit } from './within-limit.ts'

/** A caller who may change their own messages, or as the room's owner every message. */
export interface Editor extends Caller {
  readonly owner: boolean
}

/** A message, and whether the editor may change it. */
export interface FoundMessage {
  readonly message: Posted
  readonly canChange: boolean
}

/**
 * Finds a message of a kept room.
 * @throws Refusal `gone` in a deleted room; `not-found`, also for every message of a vanishing room
 */
export async function findMessage(
  chat: Chat,
  editor: Editor,
  room: Slug,
  id: EventId,
): Promise<FoundMessage> {
  if (!(await findRoom(chat.store, room))) throw new Refusal('not-found', NO_STORED_MESSAGES)
  const found = await chat.store.readMessage(room, id, authorDigest(chat.secrets, room, editor.member))
  if (!found) throw new Refusal('not-found', 'This message is not here any more.')
  return { message: found.message, canChange: found.own || editor.owner }
}

/**
 * Replaces the text of a message, for everybody and for good.
 * @param parse makes the text; a refusal as invalid costs nothing
 * @returns the message after the edit
 * @throws Refusal `too-many`; `conflict` in a vanishing room, `gone` in a deleted one; `not-found`; `forbidden`; `full`
 */
export async function editMessage(
  chat: Chat,
  editor: Editor,
  room: Slug,
  id: EventId,
  parse: () => string,
): Promise<Posted> {
  return withinLimit(chat.limits, 'post', editor, async () => {
    const text = parse()
    await assertKept(chat, room)
    const authorization = editAuthorizationOf(chat, editor, room)
    const digest = authorization === 'owner' ? '' : authorization.by
    const found = await chat.store.readMessage(room, id, digest)
    // The text stays the same, so no event is published.
    if (found?.message.text === text && (found.own || editor.owner)) return found.message
    return (await chat.store.edit(room, id, authorization, text)).message
  })
}

/**
 * Deletes a message, for everybody and for good.
 * @throws Refusal as `editMessage`
 */
export async function deleteMessage(chat: Chat, editor: Editor, room: Slug, id: EventId): Promise<void> {
  return withinLimit(chat.limits, 'post', editor, async () => {
    await assertKept(chat, room)
    await chat.store.deleteMessage(room, id, editAuthorizationOf(chat, editor, room))
  })
}

/**
 * Parses the new text of a message.
 * @throws Refusal `invalid`, `too-large` as for a new message
 */
export function parseEdit(text: unknown): string {
  return parseDraft({ text }).text
}

function editAuthorizationOf({ secrets }: Chat, { owner, member }: Editor, room: Slug): EditAuthorization {
  return owner ? 'owner' : { by: authorDigest(secrets, room, member) }
}

async function assertKept({ store }: Chat, room: Slug): Promise<void> {
  if (!(await findRoom(store, room))) throw new Refusal('conflict', CANNOT_CHANGE_VANISHING)
}

const NO_STORED_MESSAGES =
  'Nothing is kept in this room: its messages are on the screens that are open, and nowhere else.'
const CANNOT_CHANGE_VANISHING =
  'What was said in this room is on other people’s screens and can’t be changed there any more.'
