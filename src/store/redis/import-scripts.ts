import { defineScript } from '../../redis/script.ts'
import { UNHIDE_LUA } from '../../redis/slow-log.ts'
import { STORED_KINDS_LUA } from './stored-kinds.ts'
import { writeScript } from './write-script.ts'

/** How long what was brought here of an import lasts that is not ended. */
const STAGING_TTL_MS = 3_600_000

/**
 * Brings some events of an import to keys of its own: those of events, messages, changes, times and edits.
 *
 * ARGV, for each event: kind, seq, time, the seq that it points to, or nothing, and its JSON, unlogged.
 */
export const STAGE = defineScript(
  UNHIDE_LUA,
  STORED_KINDS_LUA,
  `
local events, messages, changes, times, edits = unpack(KEYS)
for first = 1, #ARGV, 5 do
  local kind, seq, at, of, json = unpack(ARGV, first, first + 4)
  redis.call('HSET', events, seq, unpadded(json))
  redis.call('ZADD', READ_AS[kind] == 'message' and messages or changes, seq, seq)
  redis.call('ZADD', times, at, seq)
  if READ_AS[kind] == 'change' then redis.call('ZADD', edits, of, seq) end
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ${STAGING_TTL_MS}) end
`,
)

/**
 * Makes a kept room of what was brought here, in a new epoch, and publishes that it is one.
 *
 * KEYS: the room's, and those of the import. ARGV: slug, owner, retention, keep, listed, who may show it, the seq of its
 * newest event, the newest of its epochs, how far each went, and what to publish.
 * @returns `done`; `in-use` where a vanishing room of this name is in use
 */
export const FINISH_IMPORT = writeScript(`
local slug, owner, retention, keep, listed, origins, seq, newest, past, made = unpack(ARGV, 5)
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
redis.call('HSET', NUMBERS, 'epoch', epoch, 'seq', seq, 'history', HISTORY, 'past', past)
redis.call('HSET', ROOM, 'slug', slug, 'owner', owner, 'born', epoch,
  'retention', retention, 'keep', keep, 'listed', listed, 'embedOrigins', origins)
publish(made)
return { 'done' }
`)
