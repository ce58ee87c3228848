import { Refusal, type RefusalCode } from '../chat/refusal.ts'
import { TOKENS_MAX } from '../chat/token.ts'

/** Why a write was not executed. The store turns it into a refusal. */
export type Rejection =
  | 'no-room'
  | 'exists'
  | 'reserved'
  | 'key-reused'
  | 'not-author'
  | 'no-message'
  | 'too-many-tokens'
  | 'full'
  | 'read-only'
  | 'disk-error'
  | 'detached'
  | 'busy'

const REFUSALS: Readonly<Record<Rejection, readonly [RefusalCode, string, number?]>> = {
  'no-room': ['not-found', 'This room is not here any more.'],
  exists: ['conflict', 'There is already a kept room of this name.'],
  reserved: ['conflict', 'A room of this name was deleted recently. Take another name.'],
  'key-reused': ['invalid', 'This key was used for another message. Send again to post this one.'],
  'not-author': ['forbidden', 'Only its author or the room’s owner can change a message.'],
  'no-message': ['not-found', 'This message is not here any more.'],
  'too-many-tokens': [
    'conflict',
    `This room has ${TOKENS_MAX} tokens, the most it can have: revoke one that is no longer needed.`,
  ],
  full: ['full', 'There is no space left to store this. It was not accepted; try again later.'],
  'read-only': [
    'full',
    'The disk of this server can only be read just now. This was not accepted; try again later.',
  ],
  'disk-error': ['full', 'The disk of this server fails just now. This was not accepted; try again later.'],
  detached: [
    'full',
    'The data folder of this server was moved or replaced. This was not accepted; try again later.',
  ],
  busy: ['busy', 'Something else is using the database just now. Try again in a moment.', 1],
}

/** Whether the status of a write is a rejection. */
export function isRejection(status: string): status is Rejection {
  return Object.hasOwn(REFUSALS, status)
}

/** The refusal that explains a rejection. */
export function rejected(rejection: Rejection): Refusal {
  return new Refusal(...REFUSALS[rejection])
}
