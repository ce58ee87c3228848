import type { Settings } from '../../chat/kept-room.ts'

/** Retention, keep and listed, as they stand in a room's hash. */
export function encodeSettings({ retention, keep, listed }: Settings): [string, string, string] {
  return [String(retention ?? ''), String(keep ?? ''), listed ? '1' : '0']
}

export function decodeSettings([retention, keep, listed]: readonly (string | null | undefined)[]): Settings {
  return { retention: optional(retention), keep: optional(keep), listed: listed === '1' }
}

/** Whether something of the room is over one day. */
export function isPassing({ retention, keep }: Settings): boolean {
  return retention !== undefined || keep !== undefined
}

function optional(text: string | null | undefined): number | undefined {
  return text == null || text === '' ? undefined : Number(text)
}
