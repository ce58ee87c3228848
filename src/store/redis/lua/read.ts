import { NUMBERING_LUA } from '../../../redis/numbering.ts'
import { defineScript } from '../../../redis/script.ts'
import { TIME_LUA } from '../../../redis/time.ts'
import { KEPT_ROOM_LUA } from './kept-room.ts'
import { STORED_KINDS_LUA } from './stored-kinds.ts'

/** Events read at once. */
const SCAN_BATCH = 500

const TOP_ID_LUA = `
local function topId()
  local n = redis.call('HMGET', NUMBERS, 'epoch', 'seq')
  return n[1] .. '.' .. n[2]
end
`

/**
 * Reads the id of the newest event.
 * @returns `top` and the id
 */
export const TOP = defineScript(
  TIME_LUA,
  KEPT_ROOM_LUA,
  TOP_ID_LUA,
  `
if not keptRoom() then return { 'no-room' } end
return { 'top', topId() }
`,
)

/**
 * Reads the first line of an export.
 * @returns `head`, the digest of the owner's link, the seq of the newest event, the origins that may embed the room,
 * retention, keep and listed; or `none`
 */
export const EXPORT_HEADER = defineScript(
  TIME_LUA,
  KEPT_ROOM_LUA,
  `
local room = keptRoom()
if not room then return { 'none' } end
local owner, origins = unpack(redis.call('HMGET', ROOM, 'owner', 'embedOrigins'))
return { 'head', owner, redis.call('HGET', NUMBERS, 'seq'), origins or '', unpack(room.settings) }
`,
)

/**
 * Checks whether the room's history has, or had, an event.
 *
 * ARGV: epoch, seq.
 * @returns `knows` and 1 if so, else 0
 */
export const HAS_EVENT = defineScript(
  TIME_LUA,
  NUMBERING_LUA,
  KEPT_ROOM_LUA,
  `
if not keptRoom() then return { 'no-room' } end
local n = redis.call('HMGET', NUMBERS, 'epoch', 'seq')
local last = n[1] == ARGV[1] and tonumber(n[2]) or lastSeqIn(NUMBERS, ARGV[1])
return { 'knows', last and tonumber(ARGV[2]) <= last and 1 or 0 }
`,
)

/**
 * Reads one message.
 *
 * ARGV: the id of the message.
 * @returns `message` and its JSON, if it exists
 */
export const MESSAGE = defineScript(
  TIME_LUA,
  KEPT_ROOM_LUA,
  `
local room = keptRoom()
if not room then return { 'no-room' } end
return { 'message', message(room, ARGV[1]) or nil }
`,
)

/**
 * Reads the events after one seq, up to another.
 *
 * ARGV: the two seqs, the limit, and `1` for the events as they are stored. Otherwise an edited event contains its
 * message, or is left out if the message no longer exists.
 * @returns `events` and the JSON of each
 */
export const BETWEEN = defineScript(
  TIME_LUA,
  KEPT_ROOM_LUA,
  STORED_KINDS_LUA,
  `
local room = keptRoom()
if not room then return { 'no-room' } end
local upTo, limit, stored = ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
local step = math.min(limit, ${SCAN_BATCH})

local function nextSeqs(after)
  local range = { after, upTo, 'BYSCORE', 'LIMIT', 0, step }
  local posted, changed = redis.call('ZRANGE', MESSAGES, unpack(range)), redis.call('ZRANGE', CHANGES, unpack(range))
  local seqs, p, c = {}, 1, 1
  while #seqs < step and (posted[p] or changed[c]) do
    if not changed[c] or (posted[p] and tonumber(posted[p]) < tonumber(changed[c])) then
      seqs[#seqs + 1], p = posted[p], p + 1
    else
      seqs[#seqs + 1], c = changed[c], c + 1
    end
  end
  return seqs
end

local function visible(seq, json)
  local kind = string.match(json, '^{"id":"[^"]+","kind":"(%a+)"')
  if READ_AS[kind] == 'message' then return isRetained(room, seq, json) and json or nil end
  if READ_AS[kind] ~= 'change' or stored then return json end
  local head, of = string.match(json, '^(.*),"of":"([^"]+)"}$')
  local edited = message(room, of)
  return edited and head .. ',"message":' .. edited .. '}'
end

local found, after = { 'events' }, ARGV[1]
repeat
  local seqs = nextSeqs('(' .. after)
  local events = seqs[1] and redis.call('HMGET', EVENTS, unpack(seqs)) or {}
  for index, seq in ipairs(seqs) do
    local json = visible(seq, events[index])
    if json and #found <= limit then found[#found + 1] = json end
    after = seq
  end
until #seqs < step or #found > limit
return found
`,
)

/**
 * Reads the messages of a page, backwards and forwards.
 *
 * ARGV: the bound and the limit backwards, the bound and the limit forwards.
 * @returns `page`, the id of the newest event, the earlier messages newest first, and the later ones oldest first
 */
export const PAGE = defineScript(
  TIME_LUA,
  KEPT_ROOM_LUA,
  TOP_ID_LUA,
  `
local room = keptRoom()
if not room then return { 'no-room' } end

local function read(from, to, limit, ...)
  local found = {}
  local step = math.min(limit, ${SCAN_BATCH})
  while #found < limit do
    local options = { ... }
    for _, option in ipairs({ 'LIMIT', 0, step }) do options[#options + 1] = option end
    local seqs = redis.call('ZRANGE', MESSAGES, from, to, 'BYSCORE', unpack(options))
    for index, json in ipairs(seqs[1] and redis.call('HMGET', EVENTS, unpack(seqs)) or {}) do
      if #found < limit and isRetained(room, seqs[index], json) then found[#found + 1] = json end
    end
    if #seqs < step then break end
    from = '(' .. seqs[#seqs]
  end
  return found
end

return {
  'page', topId(),
  read(ARGV[1], '-inf', tonumber(ARGV[2]), 'REV'),
  read(ARGV[3], '+inf', tonumber(ARGV[4])),
}
`,
)
