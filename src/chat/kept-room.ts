import { Refusal } from './refusal.ts'
import type { Slug } from './room.ts'

const DAY_MS = 86_400_000

/** Retention periods in milliseconds, by their code in forms and JSON. Undefined keeps messages forever. */
export const RETENTIONS = new Map<string, number | undefined>([
  ['1d', DAY_MS],
  ['7d', 7 * DAY_MS],
  ['30d', 30 * DAY_MS],
  ['1y', 365 * DAY_MS],
  ['forever', undefined],
])

/** The upper bound of `Settings.keep`. */
const KEEP_MAX = 1_000_000

/** How long the slug of a deleted kept room stays reserved, so that old links do not lead to another room. */
export const RESERVED_MS = 30 * DAY_MS

/** The settings of a kept room, chosen by its owner. */
export interface Settings {
  /** How long a message is kept, in milliseconds. Undefined: forever. */
  readonly retention: number | undefined
  /** How many of the newest messages are kept. Undefined: all. */
  readonly keep: number | undefined
  /** Whether the home page lists the room. */
  readonly listed: boolean
}

/** A room with a stored history. */
export interface KeptRoom extends Settings {
  readonly slug: Slug
}

/** Whether both settings keep the same messages. Members in the room do not see any other setting. */
export function hasSameRetention(one: Settings, other: Settings): boolean {
  return one.retention === other.retention && one.keep === other.keep
}

/**
 * Parses the settings in a form or in JSON.
 * @throws Refusal `invalid`
 */
export function parseSettings(input: { retention?: unknown; keep?: unknown; listed?: unknown }): Settings {
  const code = String(input.retention ?? '') || 'forever'
  if (!RETENTIONS.has(code)) {
    throw new Refusal(
      'invalid',
      `How long messages last must be one of ${[...RETENTIONS.keys()].join(', ')}.`,
    )
  }
  return {
    retention: RETENTIONS.get(code),
    keep: parseKeep(String(input.keep ?? '').trim()),
    listed: parseListed(input.listed),
  }
}

/** Parses a checkbox. A form has the field or lacks it; JSON may also send `false`, `null` or `no`. */
export function parseListed(input: unknown): boolean {
  return input !== undefined && input !== false && input !== null && input !== '' && input !== 'no'
}

/** The code of a retention period in forms and JSON. */
export function formatRetention(retention: number | undefined): string {
  for (const [code, ms] of RETENTIONS) if (ms === retention) return code
  // Stored by a version with other periods.
  return 'forever'
}

function parseKeep(text: string): number | undefined {
  if (text === '') return undefined
  const keep = Number(text)
  if (!/^\d{1,7}$/.test(text) || keep < 1 || keep > KEEP_MAX) {
    throw new Refusal('invalid', `How many messages last must be a whole number from 1 to ${KEEP_MAX}.`)
  }
  return keep
}
