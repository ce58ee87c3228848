import type { KeptRoom } from './kept-room.ts'
import type { Store } from './ports/store.ts'
import { Refusal, type RefusalCode } from './refusal.ts'
import type { Slug } from './room.ts'

const DATE_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/**
 * Finds the kept room of a slug.
 * @param code the code of the refusal for a deleted room while its slug stays reserved
 * @returns undefined if the slug belongs to a vanishing room, in use or not
 * @throws Refusal with `code`
 */
export async function findRoom(
  store: Pick<Store, 'findKeptRoom' | 'reservedUntil'>,
  room: Slug,
  code: RefusalCode = 'gone',
): Promise<KeptRoom | undefined> {
  const kept = await store.findKeptRoom(room)
  if (kept) return kept
  const until = await store.reservedUntil(room)
  if (until === undefined) return undefined
  throw new Refusal(
    code,
    `The room “${room}” was deleted by its owner. Its name can be used again from ${DATE_FORMAT.format(until)}.`,
  )
}
