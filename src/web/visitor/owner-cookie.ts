import { roomPath } from '../../../views/room-path.ts'
import type { Chat } from '../../chat/chat.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { Slug } from '../../chat/room.ts'

/** Programs may send the cookie under this name, as earlier versions set it. */
const OWNER_COOKIE_NAME = 'snug-owner'
const LIFE_SECONDS = 365 * 24 * 3600

/**
 * The most cookies that are read, and that remain when one is set. Several servers on one host may have a room of one
 * name, and browsers send the cookies of all of them.
 */
const COOKIES_MAX = 12

/** The digest of the token follows the name, so that servers on one host don't replace each other's cookies. */
const ID_CHARACTERS = 10
const PAIR = /^(snug-owner(?:\.[\w-]{10})?)=(.*)$/s

type OwnerTools = Pick<Chat, 'store' | 'secrets'>

interface OwnerCookie {
  readonly name: string
  readonly token: string
}

/**
 * Whether a browser owns the kept room: it made the room, or opened the owner's link.
 * @param cookies the Cookie header, RFC 6265 §4.2.1
 */
export async function hasOwnerCookie(
  { store, secrets }: OwnerTools,
  room: Slug,
  cookies: string | undefined,
): Promise<boolean> {
  for (const { token } of readOwnerCookies(cookies).slice(0, COOKIES_MAX))
    if (await store.isOwner(room, secrets.hash(token))) return true
  return false
}

/**
 * The values of Set-Cookie headers that make a browser the room's owner. Only the room's own addresses receive the
 * cookie.
 * @param cookies the Cookie header. If it has too many of these cookies, the oldest expire.
 */
export function ownerCookies(
  secrets: Pick<Secrets, 'hash'>,
  room: Slug,
  token: string,
  cookies: string | undefined,
  secure: boolean,
): string[] {
  const name = `${OWNER_COOKIE_NAME}.${secrets.hash(token).slice(0, ID_CHARACTERS)}`
  const others = readOwnerCookies(cookies).filter((other) => other.name !== name)
  // Browsers send cookies of one path in the order in which they were set (RFC 6265 §5.4).
  const surplus = others.slice(0, Math.max(0, others.length + 1 - COOKIES_MAX))
  return [
    setCookie(room, name, token, LIFE_SECONDS, secure),
    ...surplus.map((old) => setCookie(room, old.name, '', 0, secure)),
  ]
}

/**
 * The values of Set-Cookie headers that end the ownership in this browser. A room of the same name on another server
 * of this host keeps its owner.
 */
export async function expiredOwnerCookies(
  { store, secrets }: OwnerTools,
  room: Slug,
  cookies: string | undefined,
  secure: boolean,
): Promise<string[]> {
  const expired: string[] = []
  for (const { name, token } of readOwnerCookies(cookies)) {
    // If the store can't tell, the browser gives the ownership up as it was asked.
    if (await store.isOwner(room, secrets.hash(token)).catch(() => true))
      expired.push(setCookie(room, name, '', 0, secure))
  }
  return expired
}

function readOwnerCookies(cookies: string | undefined): OwnerCookie[] {
  if (!cookies?.includes(OWNER_COOKIE_NAME)) return []
  const found: OwnerCookie[] = []
  for (const pair of cookies.split(';')) {
    const [, name, token] = PAIR.exec(pair.trim()) ?? []
    if (name && token) found.push({ name, token })
  }
  return found
}

function setCookie(room: Slug, name: string, value: string, seconds: number, secure: boolean): string {
  const attributes = `Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  return `${name}=${value}; Path=${roomPath(room)}; ${attributes}`
}
