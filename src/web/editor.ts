import type { Context } from 'hono'
import type { Editor } from '../chat/change-message.ts'
import type { Chat } from '../chat/chat.ts'
import type { Slug } from '../chat/room.ts'
import type { Env } from './env.ts'
import { ownerOf } from './owner-cookie.ts'

/** Who asks, and whether the room is theirs. */
export async function editor(chat: Chat, c: Context<Env>, room: Slug): Promise<Editor> {
  const { member, address, embed } = c.var
  // In another site's page nobody is an owner, whose clicks could be led.
  const owner = !embed && (await ownerOf(chat, room, c.req.header('Cookie')))
  return { member, address, owner }
}
