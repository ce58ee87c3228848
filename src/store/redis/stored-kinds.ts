import type { EventKind } from '../../chat/event.ts'

/** How scripts read a stored event: a message, a change that is joined with its message, or a whole event by itself. */
const READ_AS: Readonly<Record<EventKind, 'message' | 'change' | 'whole'>> = {
  posted: 'message',
  edited: 'change',
  deleted: 'whole',
}

/** Lua: the table `READ_AS`, by kind. */
export const STORED_KINDS_LUA = `local READ_AS = { ${Object.entries(READ_AS)
  .map(([kind, form]) => `${kind} = '${form}'`)
  .join(', ')} }`
