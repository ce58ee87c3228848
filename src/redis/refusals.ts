import { ErrorReply } from '@redis/client'
import { Refusal } from '../chat/refusal.ts'
import { deniedRight } from './rights.ts'
import { UnusableRedis } from './unusable-redis.ts'

/** The refusal while Redis does not reply in time. It may have executed the command all the same. */
export function redisUnavailable(): Refusal {
  return new Refusal('busy', 'The server can’t reach its database just now. Try again in a moment.', 1)
}

/** Whether something was not stored because Redis has no space. */
export function isFullRefusal(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'full'
}

/** For the `catch` of work that can wait until Redis has space again. */
export function rethrowUnlessFull(thrown: unknown): 'full' {
  if (isFullRefusal(thrown)) return 'full'
  throw thrown
}

/** Errors that every write gets until the server is mended: it is a replica, or lacks replicas. */
const REJECTS_WRITES = new Set(['READONLY', 'NOREPLICAS', 'MASTERDOWN'])

/** Whether Snug can’t use this server any more as it is: it takes no writes, or denies a right. */
export function isUnusable(error: unknown): boolean {
  if (error instanceof UnusableRedis) return true
  if (!(error instanceof ErrorReply)) return false
  return (
    REJECTS_WRITES.has(codeOf(error)) ||
    codeOf(error) === 'NOAUTH' ||
    deniedRight(error.message) !== undefined
  )
}

/** Translates an expected error of Redis into a refusal. Any other error is a bug and is returned as it is. */
export function toRefusal(error: unknown): unknown {
  if (error instanceof Refusal) return error
  if (!(error instanceof ErrorReply) || isUnusable(error)) return redisUnavailable()
  switch (codeOf(error)) {
    // OOM: the memory is full. MISCONF: Redis cannot write to its disk.
    case 'OOM':
    case 'MISCONF':
      return new Refusal(
        'full',
        'There is no space left to store this. It was not accepted; try again later.',
      )
    case 'LOADING':
    case 'BUSY':
      return redisUnavailable()
  }
  return error
}

function codeOf({ message }: ErrorReply): string {
  return message.split(' ', 1)[0] ?? ''
}
