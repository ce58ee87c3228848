/**
 * What this server signed while its clock was ahead stays valid after the clock is put right: up to ten years. A clock
 * that is farther ahead has no relation to time.
 */
const AHEAD_MAX_MS = 10 * 365 * 86_400_000

/**
 * Whether something signed is still valid. The time of issue may be in the future: the clock was ahead then.
 * @param issuedAt milliseconds since 1970, as `now`
 */
export function isInTime(issuedAt: number, now: number, lifeMs: number): boolean {
  return now - issuedAt < lifeMs && issuedAt - now <= AHEAD_MAX_MS
}
