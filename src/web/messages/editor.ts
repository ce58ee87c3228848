import type { Context } from 'hono'
import type { Editor } from '../../chat/actions/change-message.ts'
import type { Chat } from '../../chat/chat.ts'
import type { Slug } from '../../chat/room.ts'
import type { Env } from '../env.ts'
import { readCredential } from '../visitor/identity.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'

/** Who asks, and whether the room is theirs. */
export async function identifyEditor(chat: Chat, c: Context<Env>, room: Slug): Promise<Editor> {
  const { member, address } = c.var
  const shown = readCredential(c.env.incoming)
  const owner = shown.kind === 'cookies' && (await hasOwnerCookie(chat, room, shown.cookies))
  return { member, address, owner }
}
