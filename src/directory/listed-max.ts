import { Refusal } from '../chat/refusal.ts'

/** Rooms listed at once. */
export const LISTED_MAX = 1_000

/** The refusal when no more rooms can be listed. */
export function directoryFull(): Refusal {
  return new Refusal(
    'busy',
    'No more rooms can be listed just now. Make it unlisted, or try again later.',
    600,
  )
}
