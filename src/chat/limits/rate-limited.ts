import { Refusal } from '../refusal.ts'
import type { LimitedAction, RateLimit } from './rate-limit.ts'

const SENTENCES: Readonly<Record<LimitedAction | 'read', Readonly<Record<keyof RateLimit, string>>>> = {
  read: {
    member: 'You are reading too much at once.',
    address: 'Too much is being read from your network just now.',
  },
  post: {
    member: 'You sent too many messages at once.',
    address: 'Too many messages are coming from your network just now.',
  },
  name: {
    member: 'You took too many names at once.',
    address: 'Too many names are being taken from your network just now.',
  },
  room: {
    member: 'You have made or downloaded too many rooms.',
    address: 'Too many rooms were made or downloaded from your network.',
  },
}

/**
 * The refusal of a caller who has used up an allowance.
 * @param whose whether the member's or the address's allowance is used up
 * @param ms milliseconds until it is renewed
 */
export function rateLimited(action: LimitedAction | 'read', whose: keyof RateLimit, ms: number): Refusal {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  return new Refusal('too-many', `${SENTENCES[action][whose]} Try again in ${formatWait(seconds)}.`, seconds)
}

function formatWait(seconds: number): string {
  if (seconds < 100) return seconds === 1 ? 'a second' : `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 100 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
}
