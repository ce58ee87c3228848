import { roomPath } from '../../../views/room-path.ts'
import type { Slug } from '../../chat/room.ts'

const STATIC_LOG_PATH = /\/log\/([0-9a-z]{1,11}\.[0-9]{1,15})\/([\w-]{1,64})$/

/**
 * The static log page that a form was sent from. The response leads back to it.
 * @returns undefined for any other page
 */
export function parseStaticLogPath(room: Slug, field: unknown): string | undefined {
  const [, after, proof] = STATIC_LOG_PATH.exec(String(field ?? '')) ?? []
  return after === undefined ? undefined : `${roomPath(room)}/log/${after}/${proof}`
}
