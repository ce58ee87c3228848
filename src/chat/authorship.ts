import type { Member } from './member.ts'
import type { Secrets } from './ports.ts'
import type { Slug } from './room.ts'

/** What a message remembers of who wrote it: proves it to them alone, in this room, whatever name they have by now. */
export function authorship(secrets: Pick<Secrets, 'digest'>, room: Slug, member: Member): string {
  return secrets.digest('by', room, member.id)
}
