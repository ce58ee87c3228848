import type { Member } from './member.ts'
import type { Secrets } from './ports/secrets.ts'
import type { Slug } from './room.ts'

/**
 * What a message remembers of who wrote it: proves it to them alone, in this room, whatever name they have by now and
 * whatever keys came and went. Nobody can guess the id of a member.
 */
export function authorDigest(secrets: Pick<Secrets, 'hash'>, room: Slug, member: Member): string {
  return secrets.hash(`by\n${room}\n${member.id}`)
}
