/** The URL of a room, without the origin. */
export function roomPath(room: string): string {
  return `/r/${encodeURIComponent(room)}`
}

/** Makes the URL of a part of a room, such as `/messages` or `/composer?lines`. */
export type RoomUrl = (part: string) => string

/** For Snug's own pages. */
export function roomUrl(room: string): RoomUrl {
  return (part) => roomPath(room) + part
}

/**
 * For embeds.
 * @param query the parameters that every request of the embed has
 */
export function embedUrl(room: string, query: string): RoomUrl {
  return (part) => `/embed/${encodeURIComponent(room)}${part}${part.includes('?') ? '&' : '?'}${query}`
}
