import { NUMBERING_LUA } from './numbering.ts'
import { defineScript } from './script.ts'
import { TIME_LUA } from './time.ts'

/** Key of the record that shows whether Redis still has everything that it acknowledged. */
export const CONTINUITY_KEY = 'continuity'

/** How often the record is renewed and the clock of Redis is measured again. */
export const CONTINUITY_INTERVAL_MS = 20_000

/** How often a process tries again to store a continuity id for which Redis had no space. */
export const UNSTORED_RETRY_MS = 1_000

/** Data that was last in use this long before its server started may be a restored backup. */
const RESTORED_AFTER_MS = 60_000

/** `INFO` gives the uptime in whole seconds, so that a start is known to a second. */
const START_PRECISION_MS = 1_000

/**
 * Renews the record, and decides whether Redis may have lost something that it acknowledged. It has not if
 *
 * - the same run of the server writes under the same replication id, which changes with each promotion, or
 * - the same run, in use until less than a minute ago, has a new replication id and took over no history of another
 *   server: its first replica came or its last one left, or
 * - the server was restarted, and the run before synced each write to its disk. A copy is no restart: not a replica,
 *   which may lack the last writes, nor a backup. A server is taken for a replica if it was one, if it started before
 *   the data was last in use, or if the run before had replicas: one of them may have been started in its place.
 *
 * In any other case a new history begins. A continuity id is `<began>.<token>`, where `began` is the time in base 36,
 * later than that of every id that the server or the caller knew before: a name never comes back. `renewals` counts the
 * renewals of the record. If it is lower than what the caller has seen, Redis went back to an older copy.
 *
 * KEYS: the record. ARGV: id of the server's run, its replication id, its start (milliseconds since 1970); `1` if it
 * was a replica before, if that is known for certain for a minute, if it syncs each write, and if it has replicas; a
 * fresh token; the continuity id and the
 * renewals that the caller knows, or empty.
 * @returns `[continuity id, renewals, 1 if the id is stored for all processes]`
 */
export const RECORD_CONTINUITY = defineScript(
  TIME_LUA,
  NUMBERING_LUA,
  `
local run, replication, started, wasReplica, remembersRole, synced, replicated, token, known, knownRenewals = unpack(ARGV)
local record = redis.call('HMGET', KEYS[1], 'run', 'replication', 'history', 'seen', 'synced', 'replicated', 'renewals')
local history, renewals = record[3] or '', tonumber(record[7] or 0)

local function isSameRun()
  -- A version before this one recorded no replication id.
  if record[1] ~= run then return false end
  if (record[2] or replication) == replication then return true end
  return wasReplica == '0' and remembersRole == '1' and time() - record[4] <= ${RESTORED_AFTER_MS}
end

local function isRestart()
  if record[1] == run or record[5] ~= '1' or record[6] == '1' or wasReplica == '1' then return false end
  local idle = started - record[4]
  return idle >= -${START_PRECISION_MS} and idle <= ${RESTORED_AFTER_MS}
end

local function wentBack()
  if known == '' or historyBegan(history) > historyBegan(known) then return false end
  return history ~= known or renewals < tonumber(knownRenewals)
end

local isNew = history == '' or not (isSameRun() or isRestart()) or wentBack()
if isNew then
  local began = math.max(time(), historyBegan(history) + 1, historyBegan(known) + 1)
  history = base36(began) .. '.' .. token
end
renewals = math.max(renewals, tonumber(knownRenewals)) + 1
local result = redis.pcall('HSET', KEYS[1], 'run', run, 'replication', replication, 'history', history,
  'seen', time(), 'synced', synced, 'replicated', replicated, 'renewals', renewals)
if type(result) ~= 'table' or not result.err then return { history, renewals, 1 } end
-- A full server can still be used for reading. One that never held data of Snug has nothing to read.
local isFull = string.find(result.err, '^%-?OOM') or string.find(result.err, '^%-?MISCONF')
if not isFull or not record[3] then return result end
return { history, tonumber(record[7] or 0), isNew and 0 or 1 }
`,
)
