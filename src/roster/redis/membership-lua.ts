import type { RosterTimes } from '../membership.ts'

/** What the scripts of the roster are given of a room, in this order; its channel comes last. */
export const ROOM_PARTS = ['places', 'names', 'here', 'going', 'held', 'streams', 'processes'] as const

/** Places in one room, 1.4 KB each with all that points to them. */
export const ROOM_PLACES_MAX = 200_000

/** How long a process that says nothing more is believed to have its streams still. */
export const LEASE_MS = 30_000

/** What is unused is forgotten so long after the last of its times is over. */
const SLACK_MS = 60_000

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
export function placeLua({ nameHold, awayAfter, silentAfter }: RosterTimes): string {
  return `
local PLACES, NAMES, HERE, GOING, HELD, STREAMS, PROCESSES, CHANNEL = unpack(KEYS)
local NAME_HOLD, AWAY_AFTER, SILENT_AFTER = ${nameHold}, ${awayAfter}, ${silentAfter}
local LEASE = ${LEASE_MS}
local now = time()
local reply = {}
local changed = false

local function tell(kind, place, before)
  reply.told = reply.told or {}
  table.insert(reply.told, { kind, place.name, place.tag, before })
end

-- The other processes forget what they know of the seat.
local function announce(member)
  redis.call('SPUBLISH', CHANNEL, '{"kind":"seat","member":"' .. member .. '"}')
end

local function keep()
  for index = 1, 7 do
    redis.call('PEXPIRE', KEYS[index], ${Math.ceil(LEASE_MS + nameHold + awayAfter + silentAfter + SLACK_MS)})
  end
end

local function load(member)
  local json = redis.call('HGET', PLACES, member)
  return json and cjson.decode(json) or nil
end

local function make()
  if redis.call('HLEN', PLACES) >= ${ROOM_PLACES_MAX} then
    reply.full = true
    return nil
  end
  return { seen = 0, closed = 0, confirmed = 0, told = false, streams = {} }
end

local function is_free(member, looks)
  for _, holder in ipairs(redis.call('HMGET', NAMES, unpack(looks))) do
    if holder and holder ~= member then return false end
  end
  return true
end

local function hold(member, place, tag, name, looks)
  if place.looks then redis.call('HDEL', NAMES, unpack(place.looks)) end
  place.name, place.looks, place.tag = name, looks, place.tag or tag
  for _, look in ipairs(looks) do redis.call('HSET', NAMES, look, member) end
end

-- Takes the first of the names that is free, unless there is one already.
local function sit(member, place, tag, candidates)
  for _, candidate in ipairs(place.name and {} or candidates) do
    if is_free(member, candidate[2]) then
      hold(member, place, tag, candidate[1], candidate[2])
      break
    end
  end
  return place.name ~= nil
end

local function unseat(member, place)
  if not place.name then return end
  redis.call('HDEL', NAMES, unpack(place.looks))
  redis.call('ZREM', HERE, member)
  if place.told then tell('left', place) end
  place.name, place.looks, place.tag, place.told = nil, nil, nil, false
  announce(member)
end

local function put(key, member, score)
  if score then redis.call('ZADD', key, score, member) else redis.call('ZREM', key, member) end
end

-- Stores the place, and tells when its member came or went.
local function settle(member, place)
  local connected, confirmed = 0, 0
  for _, stays in pairs(place.streams) do
    connected, confirmed = connected + stays[1], confirmed + stays[2]
  end
  local gone, free
  if connected == 0 then
    local silent = confirmed > 0 and place.confirmed + SILENT_AFTER or 0
    gone = math.max(silent, place.closed + AWAY_AFTER)
    free = math.max(silent, place.seen + NAME_HOLD)
  end
  local here = place.name ~= nil and (not gone or gone > now)
  if here ~= place.told then
    put(HERE, member, here and now)
    place.told = here
    tell(here and 'joined' or 'left', place)
  end
  put(GOING, member, here and gone)
  put(HELD, member, place.name and free)
  if place.name or connected + confirmed > 0 then
    redis.call('HSET', PLACES, member, cjson.encode(place))
  else
    redis.call('HDEL', PLACES, member)
  end
  changed = true
end

local function done()
  if changed then keep() end
  return cjson.encode(reply)
end
`
}
