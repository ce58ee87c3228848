import type { EventKind } from '../../../chat/event.ts'

/**
 * How scripts read a stored event: as a message, as a change to join with its message, or as an event that is whole.
 */
const READ_AS: Readonly<Record<EventKind, 'message' | 'change' | 'whole'>> = {
  posted: 'message',
  edited: 'change',
  deleted: 'whole',
}

/** Lua that defines the table `READ_AS`, by kind. */
export const STORED_KINDS_LUA = `local READ_AS = { ${Object.entries(READ_AS)
  .map(([kind, form]) => `${kind} = '${form}'`)
  .join(', ')} }`
