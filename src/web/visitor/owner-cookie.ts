import { roomPath } from '../../../views/room-path.ts'
import type { Chat } from '../../chat/chat.ts'
import type { Slug } from '../../chat/room.ts'
import { readCookieValues } from './cookie-values.ts'

const OWNER_COOKIE_NAME = 'snug-owner'
const LIFE_SECONDS = 365 * 24 * 3600

/**
 * Whether a browser owns the kept room: it made the room, or opened the owner's link.
 * @param cookies the Cookie header, RFC 6265 §4.2.1
 */
export async function hasOwnerCookie(
  { store, secrets }: Pick<Chat, 'store' | 'secrets'>,
  room: Slug,
  cookies: string | undefined,
): Promise<boolean> {
  for (const token of readCookieValues(cookies, OWNER_COOKIE_NAME)) {
    if (await store.isOwner(room, secrets.hash(token))) return true
  }
  return false
}

/** The value of a Set-Cookie header that makes a browser the room's owner. Only the room's own addresses receive it. */
export function ownerCookie(room: Slug, token: string, secure: boolean): string {
  return setCookie(room, token, LIFE_SECONDS, secure)
}

/** The value of a Set-Cookie header that ends the ownership in this browser. */
export function expiredOwnerCookie(room: Slug, secure: boolean): string {
  return setCookie(room, '', 0, secure)
}

function setCookie(room: Slug, token: string, seconds: number, secure: boolean): string {
  const attributes = `Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  return `${OWNER_COOKIE_NAME}=${token}; Path=${roomPath(room)}; ${attributes}`
}
