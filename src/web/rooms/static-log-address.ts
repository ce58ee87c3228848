import { roomPath } from '../../../views/room-path.ts'
import type { Slug } from '../../chat/room.ts'

const PLACE = /\/log\/([0-9a-z]{1,11}\.[0-9]{1,15})\/([\w-]{1,64})$/

/** The page that stands still from which a form was sent, which goes on there; undefined for any other page. */
export function readLog(room: Slug, field: unknown): string | undefined {
  const [, after, proof] = PLACE.exec(String(field ?? '')) ?? []
  return after === undefined ? undefined : `${roomPath(room)}/log/${after}/${proof}`
}
