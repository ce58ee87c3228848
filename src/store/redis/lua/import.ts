import { defineScript } from '../../../redis/script.ts'
import { UNHIDE_LUA } from '../../../redis/slow-log.ts'
import { STORED_KINDS_LUA } from './stored-kinds.ts'
import { writeScript } from './write-script.ts'

/** How long the staged events of an unfinished import stay. */
const STAGING_TTL_MS = 3_600_000

/**
 * Stages some events of an import in keys of their own.
 *
 * KEYS: events, messages, changes, times and edits of the import. ARGV, for each event: kind, seq, time, the seq that
 * it points to or empty, and its JSON, hidden from the slow log.
 */
export const STAGE = defineScript(
  UNHIDE_LUA,
  STORED_KINDS_LUA,
  `
local events, messages, changes, times, edits = unpack(KEYS)
for first = 1, #ARGV, 5 do
  local kind, seq, at, of, json = unpack(ARGV, first, first + 4)
  -- Of the edits of a message only the newest is stored. Exports of earlier versions have several.
  if READ_AS[kind] == 'change' then
    for _, older in ipairs(redis.call('ZRANGE', edits, of, of, 'BYSCORE')) do
      redis.call('HDEL', events, older)
      for _, index in ipairs({ changes, times, edits }) do redis.call('ZREM', index, older) end
    end
  end
  redis.call('HSET', events, seq, unpadded(json))
  redis.call('ZADD', READ_AS[kind] == 'message' and messages or changes, seq, seq)
  redis.call('ZADD', times, at, seq)
  if READ_AS[kind] == 'change' then redis.call('ZADD', edits, of, seq) end
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ${STAGING_TTL_MS}) end
`,
)

/**
 * Makes a kept room of the staged events, in a new epoch, and publishes a signal.
 *
 * KEYS: the room's, and those of the import. ARGV: slug, owner, retention, keep, listed, the origins that may embed it,
 * the seq of its newest event, the newest of its epochs, the last seq of each epoch, and the signal.
 * @returns `done`; `in-use` if there are messages in a vanishing room of this name
 */
export const FINISH_IMPORT = writeScript(`
local slug, owner, retention, keep, listed, origins, seq, newest, past, signal = unpack(ARGV, 5)
local existing = redis.call('HMGET', ROOM, 'owner', 'reservedUntil')
if existing[1] then return { 'exists' } end
local n = redis.call('HMGET', NUMBERS, 'epoch', 'seq')
if n[1] and not existing[2] and tonumber(n[2]) > 0 then return { 'in-use' } end
local epoch = laterEpoch(base36(NOW), newest)
if n[1] then epoch = laterEpoch(epoch, n[1]) end
for part = 1, 7 do redis.call('UNLINK', KEYS[part]) end
for part = 3, 7 do
  local staged = KEYS[part + 5]
  if redis.call('EXISTS', staged) == 1 then
    redis.call('PERSIST', staged)
    redis.call('RENAME', staged, KEYS[part])
  end
end
local last = redis.call('ZRANGE', TIMES, -1, -1, 'WITHSCORES')[2] or 0
redis.call('HSET', NUMBERS, 'epoch', epoch, 'seq', seq, 'history', HISTORY, 'past', past, 'at', last)
redis.call('HSET', ROOM, 'slug', slug, 'owner', owner, 'born', epoch,
  'retention', retention, 'keep', keep, 'listed', listed, 'embedOrigins', origins)
publish(signal)
return { 'done' }
`)
