import { ErrorReply } from '@redis/client'
import { Refusal } from '../chat/refusal.ts'

/** Redis does not answer, or not in time: what was asked may have happened or not. */
export function redisUnavailable(): Refusal {
  return new Refusal('busy', 'The server can’t reach its database just now. Try again in a moment.', 1)
}

/** Whether nothing was stored, for want of space. */
export function isFullRefusal(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'full'
}

/** For a `catch` of what can wait until there is space. */
export function rethrowUnlessFull(thrown: unknown): 'full' {
  if (isFullRefusal(thrown)) return 'full'
  throw thrown
}

/** What went wrong, for whoever asked. */
export function toRefusal(error: unknown): unknown {
  if (error instanceof Refusal) return error
  if (!(error instanceof ErrorReply)) return redisUnavailable()
  const [code] = error.message.split(' ')
  switch (code) {
    // Its memory is full, or its disk.
    case 'OOM':
    case 'MISCONF':
      return new Refusal(
        'full',
        'There is no space left to store this. It was not accepted; try again later.',
      )
    case 'LOADING':
    case 'BUSY':
    case 'READONLY':
    case 'MASTERDOWN':
    case 'NOREPLICAS':
      return redisUnavailable()
  }
  return error
}
