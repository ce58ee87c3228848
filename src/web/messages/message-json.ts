import type { Chat } from '../../chat/chat.ts'
import type { Posted } from '../../chat/event.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { type MessageJson, messageJson } from '../../frames/json.ts'

/** Messages in JSON for one API client. It may be mentioned by its name even if it has no stream open. */
export async function messagesJsonFor(
  { mentions }: Pick<Chat, 'mentions'>,
  client: Member,
  room: Slug,
  messages: readonly Posted[],
): Promise<readonly MessageJson[]> {
  const mentioned = await mentions.in(room, messages, client)
  return messages.map((message, at) => messageJson(message, mentioned[at] ?? []))
}

export async function messageJsonFor(
  chat: Pick<Chat, 'mentions'>,
  client: Member,
  message: Posted,
): Promise<MessageJson | undefined> {
  return (await messagesJsonFor(chat, client, message.room, [message]))[0]
}
