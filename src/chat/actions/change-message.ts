import { authorDigest } from '../author-digest.ts'
import type { Chat } from '../chat.ts'
import type { EventId, Posted } from '../event.ts'
import { findRoom } from '../find-room.ts'
import { parseDraft } from '../message.ts'
import type { EditAuthorization } from '../ports/store.ts'
import type { Caller } from '../rate-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { withinLimit } from './within-limit.ts'

/** Somebody who may change what they wrote, and as the room's owner all that is there. */
export interface Editor extends Caller {
  readonly owner: boolean
}

/** A message, and whether the editor may change it. */
export interface FoundMessage {
  readonly message: Posted
  readonly canChange: boolean
}

/** @throws Refusal `gone` in a room that was deleted; `not-found`, for all that a vanishing room ever held too */
export async function findMessage(chat: Chat, who: Editor, room: Slug, id: EventId): Promise<FoundMessage> {
  if (!(await findRoom(chat.store, room))) throw new Refusal('not-found', NO_STORED_MESSAGES)
  const found = await chat.store.readMessage(room, id, authorDigest(chat.secrets, room, who.member))
  if (!found) throw new Refusal('not-found', 'This message is not here any more.')
  return { message: found.message, canChange: found.own || who.owner }
}

/**
 * Says something else in a message's place, to everybody and for good.
 * @param parse makes the text; what it refuses as invalid costs nothing
 * @returns the message as it is then
 * @throws Refusal `too-many`; `conflict` in a vanishing room, `gone` in one that was deleted; `not-found`; `forbidden`; `full`
 */
export async function editMessage(
  chat: Chat,
  who: Editor,
  room: Slug,
  id: EventId,
  parse: () => string,
): Promise<Posted> {
  return withinLimit(chat.limits, 'post', who, async () => {
    const text = parse()
    await assertKept(chat, room)
    const by = editAuthorizationOf(chat, who, room)
    const found = await chat.store.readMessage(room, id, by === 'owner' ? '' : by.by)
    // Nothing changes: nobody is told that something did.
    if (found?.message.text === text && (found.own || who.owner)) return found.message
    return (await chat.store.edit(room, id, by, text)).message
  })
}

/** @throws Refusal as `editMessage` */
export async function deleteMessage(chat: Chat, who: Editor, room: Slug, id: EventId): Promise<void> {
  return withinLimit(chat.limits, 'post', who, async () => {
    await assertKept(chat, room)
    await chat.store.deleteMessage(room, id, editAuthorizationOf(chat, who, room))
  })
}

/** @throws Refusal `invalid`, `too-large` as for a new message */
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
