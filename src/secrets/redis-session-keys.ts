import { setTimeout as pause } from 'node:timers/promises'
import { Refusal } from '../chat/refusal.ts'
import type { Redis } from '../redis/redis.ts'
import { defineScript } from '../redis/script.ts'
import { UnusableRedis } from '../redis/unusable-redis.ts'
import { generateSessionKeys, parseKeys, rotateSessionKeys, type SessionKeys } from './session-keys.ts'

/** ARGV: the expected value, the new value. Returns 1 if the value was replaced, 0 if it was not the expected one. */
const REPLACE_IF_UNCHANGED = defineScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`)

/** How long a process that finds no keys waits for those of the processes that run. */
const ASKED_FOR_MS = 1_000
const ASKED_POLL_MS = 25

/** Checks until a rotated key signs: by then every process has found it, and accepts it. One check takes a second. */
const CHECKS_BEFORE_SIGNING = 4

/** On this channel, a process that starts on a Redis without keys asks the processes that run for theirs. */
export function sessionKeysChannel({ keys }: Redis): string {
  return keys.global('{session-keys}')
}

/** The session keys that all processes on one Redis share, as this process has them. */
export interface SharedSessionKeys {
  /** The keys at the start. */
  readonly keys: SessionKeys
  /** Stores the keys if Redis has none. If it has others, makes all processes agree. */
  check(): Promise<void>
}

/**
 * Reads the session keys that all processes on one Redis share, and keeps them the same: see `shareSessionKeys`.
 * @param report receives errors of background work
 * @param onChange called with the keys to use from now on
 * @throws UnusableRedis
 * @throws Refusal `busy`; `full` if there are no keys and no space for them
 */
export async function openRedisSessionKeys(
  redis: Redis,
  report: (error: unknown) => void,
  onChange: (keys: SessionKeys) => void = () => {},
): Promise<SessionKeys> {
  return (await shareSessionKeys(redis, report, onChange)).keys
}

/**
 * Reads the session keys. The first process makes them. If Redis loses the keys, running processes write them back: at
 * once if a process that starts asks for them, else within a second. If that was too late, because another process made
 * keys of its own, all of them agree on both. A rotated key is accepted at once, and signs some seconds later.
 */
export async function shareSessionKeys(
  redis: Redis,
  report: (error: unknown) => void,
  onChange: (keys: SessionKeys) => void,
): Promise<SharedSessionKeys> {
  const keys = await readOrMakeKeys(redis)
  let shared = keys
  let checksLeft = 0
  let lastReported = ''

  const use = (stored: SessionKeys) => {
    const isRotated = stored.former !== undefined && stored.former === shared.current
    checksLeft = isRotated ? CHECKS_BEFORE_SIGNING : 0
    onChange(isRotated ? { ...shared, next: stored.current } : stored)
    shared = stored
  }
  const agree = async () => {
    if (checksLeft > 0 && --checksLeft === 0) onChange(shared)
    const text = (await redis.command('GET', sessionKeysKey(redis))) ?? (await setIfAbsent(redis, shared))
    if (text === undefined) return
    const stored = parseStoredKeys(redis, String(text))
    const agreed = agreeOn(shared, stored)
    if (!hasSameKeys(agreed, stored)) {
      report(
        new Error(
          'Redis had other session keys than this process. Now it has keys that all processes accept.',
        ),
      )
      const args = [String(text), formatKeys(agreed)]
      // If another process was faster, the next check sees its result.
      if ((await redis.run(REPLACE_IF_UNCHANGED, [sessionKeysKey(redis)], args)) !== 1) return
    }
    if (!hasSameKeys(agreed, shared)) use(agreed)
  }
  let checking: Promise<void> | undefined
  const check = () => {
    checking ??= agree()
      .catch((error) => {
        // While Redis is away or full, the next check may succeed.
        if (error instanceof Refusal || String(error) === lastReported) return
        lastReported = String(error)
        report(error)
      })
      .finally(() => {
        checking = undefined
      })
    return checking
  }
  redis.onConnectionChange((up) => {
    if (up) void check()
  })
  redis.onPing(() => void check())
  return { keys, check }
}

/** The keys that a process has and those in Redis: which ones both use from now on. */
export function agreeOn(own: SessionKeys, stored: SessionKeys): SessionKeys {
  // The stored keys are those of a rotation, perhaps of several, or a process that started later made them all alone.
  if (stored.former !== undefined) {
    // Redis went back to the keys before a rotation.
    if (own.former === stored.current && stored.former !== own.current) return own
    return stored
  }
  if (own.former !== undefined) return own
  // Both are first keys. The own one becomes the former one, so that names and tags stay, and all sessions are valid.
  return own.current === stored.current ? stored : { current: stored.current, former: own.current }
}

function hasSameKeys(one: SessionKeys, other: SessionKeys): boolean {
  return one.current === other.current && one.former === other.former
}

async function readOrMakeKeys(redis: Redis): Promise<SessionKeys> {
  const key = sessionKeysKey(redis)
  // Read first: a full Redis refuses to set anything, even if the keys are there.
  let stored = await redis.command('GET', key)
  if (stored === null && Number(await redis.command('SPUBLISH', sessionKeysChannel(redis), '')) > 0)
    for (let waited = 0; stored === null && waited < ASKED_FOR_MS; waited += ASKED_POLL_MS) {
      await pause(ASKED_POLL_MS)
      stored = await redis.command('GET', key)
    }
  if (stored !== null) return parseStoredKeys(redis, String(stored))
  const fresh = generateSessionKeys()
  const others = await setIfAbsent(redis, fresh)
  return others === undefined ? fresh : parseStoredKeys(redis, others)
}

/**
 * Makes a new key the current one. Running processes accept it within a second, and sign with it some seconds later.
 * @returns the keys before the rotation; undefined if there were no keys
 * @throws UnusableRedis
 * @throws Refusal `busy`
 */
export async function rotateRedisSessionKeys(redis: Redis): Promise<SessionKeys | undefined> {
  for (;;) {
    const stored = await redis.command('GET', sessionKeysKey(redis))
    if (stored === null) return undefined
    const keys = parseStoredKeys(redis, String(stored))
    const args = [String(stored), formatKeys(rotateSessionKeys(keys))]
    // If another process rotated the keys first, this one rotates the new keys: no rotation is lost.
    if ((await redis.run(REPLACE_IF_UNCHANGED, [sessionKeysKey(redis)], args)) === 1) return keys
  }
}

function sessionKeysKey(redis: Redis): string {
  return redis.keys.global('session-keys')
}

/** @returns the value that was there already; undefined if the keys were set */
async function setIfAbsent(redis: Redis, keys: SessionKeys): Promise<string | undefined> {
  const stored = await redis.command('SET', sessionKeysKey(redis), formatKeys(keys), 'NX', 'GET')
  return stored === null ? undefined : String(stored)
}

/** One key per line, the current one first. */
function formatKeys({ current, former }: SessionKeys): string {
  return former === undefined ? current : `${current}\n${former}`
}

function parseStoredKeys(redis: Redis, text: string): SessionKeys {
  const keys = parseKeys(text.split('\n'))
  if (keys) return keys
  throw new UnusableRedis(
    `The session keys in this Redis (${sessionKeysKey(redis)}) are damaged. Restore them from a backup, or delete them: then ` +
      'all sessions end, and a new key is made.',
  )
}
