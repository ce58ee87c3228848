import type { RosterTimes } from '../membership.ts'

/** What the scripts of the roster are given of a room, in this order; its channel comes last. */
export const ROOM_PARTS = ['places', 'names', 'here', 'going', 'held', 'streams', 'processes'] as const

/** Places in one room, 1.4 KB each with all that points to them. */
export const ROOM_MEMBERSHIPS_MAX = 200_000

/** How long a process that says nothing more is believed to have its streams still. */
export const LEASE_MS = 30_000

/** What is unused is forgotten so long after the last of its times is over. */
const EXPIRY_MARGIN_MS = 60_000

/**
 * Lua that begins every script of the roster which changes something, after `TIME`: one member's place in one room, as `place.ts`
 * has it.
 *
 * - `places`: hash of member → the place as JSON: its `name` and `tag` with the `looks` of the name, if it is seated;
 *   when the member was `seen`, a stream `closed`, and a page `confirmed` last; whether the others were `told`; and
 *   `streams`, by process: how many that are connected, and how many that must be confirmed
 * - `names`: hash of likeness → the member who holds it
 * - `here`: sorted set of members whom the others were told of, by when they came
 * - `going`: sorted set of those of them whom no connected stream keeps here, by when they are gone
 * - `held`: sorted set of members who have a name that no connected stream holds, by when it is free
 * - `streams`: `<process>:<member>` for each who has streams there, in the order of letters
 * - `processes`: hash of process → until when its lease is
 *
 * Members stand as hashes. Times are milliseconds since 1970 by the clock of Redis.
 */
export function membershipLua({ nameHold, awayAfter, silentAfter }: RosterTimes): string {
  return `
local MEMBERSHIPS, NAMES, HERE, GOING, HELD, STREAMS, PROCESSES, CHANNEL = unpack(KEYS)
local NAME_HOLD, AWAY_AFTER, SILENT_AFTER = ${nameHold}, ${awayAfter}, ${silentAfter}
local LEASE = ${LEASE_MS}
local now = time()
local reply = {}
local changed = false

local function recordChange(kind, membership, before)
  reply.told = reply.told or {}
  table.insert(reply.told, { kind, membership.name, membership.tag, before })
end

-- The other processes forget what they know of the seat.
local function publishSeatChange(member)
  redis.call('SPUBLISH', CHANNEL, '{"kind":"seat","member":"' .. member .. '"}')
end

local function renewExpiry()
  for index = 1, 7 do
    redis.call('PEXPIRE', KEYS[index], ${Math.ceil(LEASE_MS + nameHold + awayAfter + silentAfter + EXPIRY_MARGIN_MS)})
  end
end

local function readMembership(member)
  local json = redis.call('HGET', MEMBERSHIPS, member)
  return json and cjson.decode(json) or nil
end

local function newMembership()
  if redis.call('HLEN', MEMBERSHIPS) >= ${ROOM_MEMBERSHIPS_MAX} then
    reply.full = true
    return nil
  end
  return { seen = 0, closed = 0, confirmed = 0, told = false, streams = {} }
end

local function isFree(member, lookalikes)
  for _, holder in ipairs(redis.call('HMGET', NAMES, unpack(lookalikes))) do
    if holder and holder ~= member then return false end
  end
  return true
end

local function assignName(member, membership, tag, name, lookalikes)
  if membership.looks then redis.call('HDEL', NAMES, unpack(membership.looks)) end
  membership.name, membership.looks, membership.tag = name, lookalikes, membership.tag or tag
  for _, lookalike in ipairs(lookalikes) do redis.call('HSET', NAMES, lookalike, member) end
end

-- Takes the first of the names that is free, unless there is one already.
local function takeSeat(member, membership, tag, candidates)
  for _, candidate in ipairs(membership.name and {} or candidates) do
    if isFree(member, candidate[2]) then
      assignName(member, membership, tag, candidate[1], candidate[2])
      break
    end
  end
  return membership.name ~= nil
end

local function releaseSeat(member, membership)
  if not membership.name then return end
  redis.call('HDEL', NAMES, unpack(membership.looks))
  redis.call('ZREM', HERE, member)
  if membership.told then recordChange('left', membership) end
  membership.name, membership.looks, membership.tag, membership.told = nil, nil, nil, false
  publishSeatChange(member)
end

local function setScore(key, member, score)
  if score then redis.call('ZADD', key, score, member) else redis.call('ZREM', key, member) end
end

-- Stores the membership, and tells when its member came or went.
local function storeMembership(member, membership)
  local connected, confirmed = 0, 0
  for _, counts in pairs(membership.streams) do
    connected, confirmed = connected + counts[1], confirmed + counts[2]
  end
  local goneAt, freeAt
  if connected == 0 then
    local silentUntil = confirmed > 0 and membership.confirmed + SILENT_AFTER or 0
    goneAt = math.max(silentUntil, membership.closed + AWAY_AFTER)
    freeAt = math.max(silentUntil, membership.seen + NAME_HOLD)
  end
  local here = membership.name ~= nil and (not goneAt or goneAt > now)
  if here ~= membership.told then
    setScore(HERE, member, here and now)
    membership.told = here
    recordChange(here and 'joined' or 'left', membership)
  end
  setScore(GOING, member, here and goneAt)
  setScore(HELD, member, membership.name and freeAt)
  if membership.name or connected + confirmed > 0 then
    redis.call('HSET', MEMBERSHIPS, member, cjson.encode(membership))
  else
    redis.call('HDEL', MEMBERSHIPS, member)
  end
  changed = true
end

local function finish()
  if changed then renewExpiry() end
  return cjson.encode(reply)
end
`
}
