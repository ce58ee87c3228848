import { Refusal } from '../chat/refusal.ts'

/** The refusal of a key that the member already used with another text (P5). */
export function keyReused(): Refusal {
  return new Refusal('invalid', 'This key was used for another message. Send again to post this one.')
}
