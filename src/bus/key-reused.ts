import { Refusal } from '../chat/refusal.ts'

export function keyReused(): Refusal {
  return new Refusal('invalid', 'This key was used for another message. Send again to post this one.')
}
