import { authorship } from '../author-digest.ts'
import type { Chat } from '../chat.ts'
import type { EventId, Posted } from '../event.ts'
import { findRoom } from '../find-room.ts'
import { parseDraft } from '../message.ts'
import type { Changer } from '../ports/store.ts'
import type { Spender } from '../rate-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { spend } from './within-limit.ts'

/** Somebody who may change what they wrote, and as the room's owner all that is there. */
export interface Editor extends Spender {
  readonly owner: boolean
}

/** A message, and whether the editor may change it. */
export interface Found {
  readonly message: Posted
  readonly may: boolean
}

/** @throws Refusal `gone` in a room that was deleted; `not-found`, for all that a vanishing room ever held too */
export async function findMessage(chat: Chat, who: Editor, room: Slug, id: EventId): Promise<Found> {
  if (!(await findRoom(chat.store, room))) throw new Refusal('not-found', NOTHING_KEPT)
  const found = await chat.store.message(room, id, authorship(chat.secrets, room, who.member))
  if (!found) throw new Refusal('not-found', 'This message is not here any more.')
  return { message: found.message, may: found.own || who.owner }
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
  return spend(chat.limits, 'post', who, async () => {
    const text = parse()
    await assertKept(chat, room)
    const by = changer(chat, who, room)
    const found = await chat.store.message(room, id, by === 'owner' ? '' : by.by)
    // Nothing changes: nobody is told that something did.
    if (found?.message.text === text && (found.own || who.owner)) return found.message
    return (await chat.store.edit(room, id, by, text)).message
  })
}

/** @throws Refusal as `editMessage` */
export async function deleteMessage(chat: Chat, who: Editor, room: Slug, id: EventId): Promise<void> {
  return spend(chat.limits, 'post', who, async () => {
    await assertKept(chat, room)
    await chat.store.erase(room, id, changer(chat, who, room))
  })
}

/** @throws Refusal `invalid`, `too-large` as for a new message */
export function parseChange(text: unknown): string {
  return parseDraft({ text }).text
}

function changer({ secrets }: Chat, { owner, member }: Editor, room: Slug): Changer {
  return owner ? 'owner' : { by: authorship(secrets, room, member) }
}

async function assertKept({ store }: Chat, room: Slug): Promise<void> {
  if (!(await findRoom(store, room))) throw new Refusal('conflict', VANISHING)
}

const NOTHING_KEPT =
  'Nothing is kept in this room: its messages are on the screens that are open, and nowhere else.'
const VANISHING =
  'What was said in this room is on other people’s screens and can’t be changed there any more.'
