import { Hono } from 'hono'
import { findRoom } from '../../chat/find-room.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'

/** Downloads everything stored of a room, for its owner. */
export function exportRoutes({ chat }: Pick<WebContext, 'chat'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room/export', async (c) => {
    const { room } = c.var
    if (!(await findRoom(chat.store, room))) throw new Refusal('not-found', 'Nothing is kept in this room.')
    if (!(await hasOwnerCookie(chat, room, c.req.header('Cookie'))))
      throw new Refusal('forbidden', 'Only the owner of this room can download it.')
    // Charged like making a room: to export a long room is as much work as many posts.
    await chat.limits.take('room', c.var)
    c.header('Content-Type', 'application/x-ndjson; charset=utf-8')
    // RFC 8187: the file name can be in any script.
    c.header('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(room)}.jsonl`)
    c.header('Cache-Control', 'no-store')
    return c.body(ReadableStream.from(encodeTexts(chat.store.export(room))))
  })

  return routes
}

async function* encodeTexts(
  texts: AsyncIterable<string>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const encoder = new TextEncoder()
  for await (const text of texts) yield encoder.encode(text)
}
