import type { Settings } from '../../chat/kept-room.ts'

/** Encodes retention, keep and listed for the hash of a room. */
export function encodeSettings({ retention, keep, listed }: Settings): [string, string, string] {
  return [String(retention ?? ''), String(keep ?? ''), listed ? '1' : '0']
}

export function decodeSettings([retention, keep, listed]: readonly (string | null | undefined)[]): Settings {
  return {
    retention: parseOptionalNumber(retention),
    keep: parseOptionalNumber(keep),
    listed: listed === '1',
  }
}

/** Whether messages of the room can expire. */
export function canExpire({ retention, keep }: Settings): boolean {
  return retention !== undefined || keep !== undefined
}

function parseOptionalNumber(text: string | null | undefined): number | undefined {
  return text == null || text === '' ? undefined : Number(text)
}
