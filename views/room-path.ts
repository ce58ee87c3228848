/** The address of a room, without the origin. */
export function roomPath(room: string): string {
  return `/r/${encodeURIComponent(room)}`
}
