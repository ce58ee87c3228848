/** The address of a room, without the origin. */
export function roomPath(room: string): string {
  return `/r/${encodeURIComponent(room)}`
}

/** The address of something of a room, such as `/messages` or `/composer?lines`. */
export type RoomUrl = (part: string) => string

/** In Snug's own pages. */
export function roomUrl(room: string): RoomUrl {
  return (part) => roomPath(room) + part
}

/**
 * In other sites' pages.
 * @param query what all that an embed asks for brings with it
 */
export function embedUrl(room: string, query: string): RoomUrl {
  return (part) => `/embed/${encodeURIComponent(room)}${part}${part.includes('?') ? '&' : '?'}${query}`
}
