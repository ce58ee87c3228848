import { Refusal } from './refusal.ts'
import type { Slug } from './room.ts'

const DAY_MS = 86_400_000

/** How long a kept room's messages last, by the word in its form; undefined: for ever. */
export const RETENTIONS = new Map<string, number | undefined>([
  ['1d', DAY_MS],
  ['7d', 7 * DAY_MS],
  ['30d', 30 * DAY_MS],
  ['1y', 365 * DAY_MS],
  ['forever', undefined],
])

/** The most messages that a room can be told to keep at the most. */
const KEEP_MAX = 1_000_000

/** A deleted kept room's name is nobody's for this long: links to it lead to no other. */
export const RESERVED_MS = 30 * DAY_MS

/** What the owner of a kept room decides. */
export interface Settings {
  /** Milliseconds that a message lasts; undefined: for ever. */
  readonly retention: number | undefined
  /** How many messages last, the newest; undefined: all. */
  readonly keep: number | undefined
  /** Whether the home page shows the room to everybody. */
  readonly listed: boolean
}

/** A room that remembers. */
export interface KeptRoom extends Settings {
  readonly slug: Slug
}

/** Whether both are the same to those who are in the room. */
export function hasSameRetention(one: Settings, other: Settings): boolean {
  return one.retention === other.retention && one.keep === other.keep
}

/** @throws Refusal `invalid` */
export function parseSettings(input: { retention?: unknown; keep?: unknown; listed?: unknown }): Settings {
  const word = String(input.retention ?? '') || 'forever'
  if (!RETENTIONS.has(word)) {
    throw new Refusal(
      'invalid',
      `How long messages last must be one of ${[...RETENTIONS.keys()].join(', ')}.`,
    )
  }
  return {
    retention: RETENTIONS.get(word),
    keep: parseKeep(String(input.keep ?? '').trim()),
    listed: parseListed(input.listed),
  }
}

/** A form has the field or has it not; JSON may say no. */
export function parseListed(input: unknown): boolean {
  return input !== undefined && input !== false && input !== null && input !== '' && input !== 'no'
}

/** The word that stands for this time in forms and in JSON. */
export function formatRetention(retention: number | undefined): string {
  for (const [word, ms] of RETENTIONS) if (ms === retention) return word
  // From a version that knew others.
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
