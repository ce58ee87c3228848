import type { Context } from 'hono'
import type { Editor } from '../../chat/actions/change-message.ts'
import type { Chat } from '../../chat/chat.ts'
import type { Slug } from '../../chat/room.ts'
import type { Env } from '../env.ts'
import { readCredential } from '../visitor/identity.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'

/** The member who sends the request, and whether they own the room. */
export async function identifyEditor(chat: Chat, c: Context<Env>, room: Slug): Promise<Editor> {
  const { member, address } = c.var
  const credential = readCredential(c.env.incoming)
  const owner = credential.kind === 'cookies' && (await hasOwnerCookie(chat, room, credential.cookies))
  return { member, address, owner }
}
