import type { Member } from './member.ts'
import type { Secrets } from './ports/secrets.ts'
import type { Slug } from './room.ts'

/**
 * The digest of a message's author, stored with the message. Only the author can match it, and only in this room.
 * It depends on no name and no session key, so it survives changes of both. An unkeyed hash is safe here, because
 * member ids can't be guessed.
 */
export function authorDigest(secrets: Pick<Secrets, 'hash'>, room: Slug, member: Member): string {
  return secrets.hash(`by\n${room}\n${member.id}`)
}
