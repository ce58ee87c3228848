import type { RosterTimes } from '../membership.ts'

/** The parts of a room whose keys the scripts receive, in this order. The channel of the room comes last. */
export const ROOM_PARTS = ['places', 'names', 'here', 'going', 'held', 'streams', 'processes'] as const

/** Memberships in one room, 1.4 KB each with everything that refers to them. */
export const ROOM_MEMBERSHIPS_MAX = 200_000

/** How long the streams of a process count after its last renewal. */
export const LEASE_MS = 30_000

/** How long the keys of an unused room outlive its last timeout. */
const EXPIRY_MARGIN_MS = 60_000

/**
 * Lua that scripts of the roster share, to be put after `TIME_LUA`. Memberships work as `Membership` does in memory.
 * The keys of a room:
 *
 * - `places`: hash of member → membership as JSON: `name`, `tag` and the lookalikes of the name (`looks`), if the
 *   member has a seat; when the member was last `seen`, last `closed` a stream, and last `confirmed` a page; whether
 *   the member was announced (`told`); and `streams`: process → `[connected, confirmed]`, numbers of streams
 * - `names`: hash of lookalike → the member who holds it
 * - `here`: sorted set of announced members, by when they came
 * - `going`: sorted set of announced members without a connected stream, by when they are gone
 * - `held`: sorted set of members with a name and no connected stream, by when the name is free
 * - `streams`: sorted set of `<process>:<member>` for each member with streams at a process, in lexical order
 * - `processes`: hash of process → when its lease ends
 *
 * Members are identified by hashes of their ids. Times are milliseconds since 1970 by the clock of Redis.
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

-- Makes the other processes drop the seat from their caches.
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

-- Takes the first free candidate, unless the member has a name already.
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

-- Stores the membership, and records a change if its member came or went.
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
