import { type Script, script } from '../../redis/script.ts'
import { TIME } from '../../redis/time.ts'
import type { RosterTimes } from '../membership.ts'
import { placeLua } from './membership-lua.ts'

/** Members that one script looks at: some two milliseconds in which Redis does nothing else. */
export const MEMBERS_AT_ONCE = 100

/** member, names to choose from: the seat that is held, or which name would be taken. */
const LOOK = `
local place = load(ARGV[1])
if place and place.name then
  reply.seat = { place.name, place.tag }
else
  for _, candidate in ipairs(cjson.decode(ARGV[2])) do
    if not reply.name and is_free(ARGV[1], candidate[2]) then reply.name = candidate[1] end
  end
end
return done()`

/** member, tag, names to choose from: takes the seat; a reply without one asks for more names. */
const TAKE = `
local member = ARGV[1]
local place = load(member) or make()
if place and sit(member, place, ARGV[2], cjson.decode(ARGV[3])) then
  place.seen = now
  settle(member, place)
  reply.seat = { place.name, place.tag }
end
return done()`

/** member, tag, name, its looks: a reply without a seat says that somebody else holds it. */
const CLAIM = `
local member, name, looks = ARGV[1], ARGV[3], cjson.decode(ARGV[4])
local place = is_free(member, looks) and (load(member) or make()) or nil
if place then
  local before = place.name
  hold(member, place, ARGV[2], name, looks)
  place.seen = now
  if before ~= name then
    if before and place.told then tell('renamed', place, before) end
    announce(member)
  end
  settle(member, place)
  reply.seat = { place.name, place.tag }
end
return done()`

/** member, tag, names to choose from: \`more\` asks for more names, and no reply at all is no stream. */
const CONFIRM = `
local member = ARGV[1]
local place = load(member)
if place and next(place.streams) then
  -- Deleted first, as a lease is that is renewed.
  if place.name then redis.call('ZREM', GOING, member) end
  if sit(member, place, ARGV[2], cjson.decode(ARGV[3])) then
    place.seen, place.confirmed = now, now
    settle(member, place)
    reply.seat = { place.name, place.tag }
  else
    reply.more = true
  end
end
return done()`

/** member */
const LEAVE = `
local member = ARGV[1]
local place = load(member)
if place then
  unseat(member, place)
  settle(member, place)
end
return done()`

/**
 * process, why, and for each member: hash, tag, streams that are connected, streams that are confirmed, names to choose
 * from. A member's streams at this process are as many from now on, and its lease begins anew. Why: `moved` when they
 * came or went just now, `again` when Redis may have forgotten them, `lost` when it lost other things too, and the others
 * still believe that they are here.
 *
 * Replies whether the lease was good, the seats, and who needs more names.
 */
const STREAMS = `
local process, why = ARGV[1], ARGV[2]
local known = redis.call('HGET', PROCESSES, process)
reply.known = known and tonumber(known) > now or false

local function enter(member, tag, connected, confirmed, candidates)
  local open = connected + confirmed > 0
  local place = load(member)
  if not place and not open then return true end
  local isNew = not place
  place = place or make()
  if not place then return true end
  local before = place.streams[process] or { 0, 0 }
  local more = connected + confirmed - before[1] - before[2]
  if open and (more > 0 or why ~= 'moved') and not sit(member, place, tag, candidates) then return false end
  if open then
    place.streams[process] = { connected, confirmed }
    redis.call('ZADD', STREAMS, 0, process .. ':' .. member)
  else
    place.streams[process] = nil
    redis.call('ZREM', STREAMS, process .. ':' .. member)
  end
  if more ~= 0 or isNew then place.seen = now end
  if more < 0 then place.closed = now end
  if more > 0 and (why == 'moved' or isNew) then place.confirmed = now end
  if isNew and why == 'lost' then
    place.told = true
    redis.call('ZADD', HERE, now, member)
  end
  settle(member, place)
  if place.name then table.insert(reply.seats, { member, place.name, place.tag }) end
  return true
end

reply.seats, reply.needy = {}, {}
for _, stay in ipairs(cjson.decode(ARGV[3])) do
  if not enter(unpack(stay)) then table.insert(reply.needy, stay[1]) end
end
-- Last: who goes takes no space, and a full Redis lets a script write on that has deleted something.
redis.call('HSET', PROCESSES, process, now + LEASE)
changed = true
return done()`

/**
 * process if it has streams here, \`1\` if its lease is to be renewed. Whose time is over goes, and whose process has said
 * nothing for too long. Replies whether this process must say anew which streams it has (`lost`),
 * whether there is \`more\` to do at once, and when the next time is over.
 */
const TEND = `
local process, renewing = ARGV[1], ARGV[2] == '1'
local LIMIT = ${MEMBERS_AT_ONCE}

local function due(time)
  if time and (not reply.next or tonumber(time) < reply.next) then reply.next = tonumber(time) end
end

local function let_go(other, till)
  local entries = redis.call('ZRANGEBYLEX', STREAMS, '[' .. other .. ':', '(' .. other .. ';', 'LIMIT', 0, LIMIT)
  for _, entry in ipairs(entries) do
    local member = string.sub(entry, #other + 2)
    local place = load(member)
    redis.call('ZREM', STREAMS, entry)
    if place then
      place.streams[other] = nil
      place.seen = math.max(place.seen, till)
      settle(member, place)
    end
  end
  if #entries == LIMIT then reply.more = true else redis.call('HDEL', PROCESSES, other) end
end

local leases = redis.call('HGETALL', PROCESSES)
if process ~= '' then
  reply.lost = true
end
for index = 1, #leases, 2 do
  local other, till = leases[index], tonumber(leases[index + 1])
  if other == process then
    reply.lost = till <= now
  elseif till <= now then
    let_go(other, till)
  else
    due(till)
  end
end
if process ~= '' and not reply.lost and renewing then
  -- Deleted first: a full Redis lets a script write on then, and this takes no more space than before.
  redis.call('HDEL', PROCESSES, process)
  redis.call('HSET', PROCESSES, process, now + LEASE)
  changed = true
end

local going = redis.call('ZRANGEBYSCORE', GOING, '-inf', now, 'LIMIT', 0, LIMIT)
for _, member in ipairs(going) do
  local place = load(member)
  if place then settle(member, place) else redis.call('ZREM', GOING, member) end
end
local held = redis.call('ZRANGEBYSCORE', HELD, '-inf', now, 'LIMIT', 0, LIMIT)
for _, member in ipairs(held) do
  local place = load(member)
  if place then
    unseat(member, place)
    settle(member, place)
  else
    redis.call('ZREM', HELD, member)
  end
end
if #going == LIMIT or #held == LIMIT then reply.more = true end
due(redis.call('ZRANGE', GOING, 0, 0, 'WITHSCORES')[2])
due(redis.call('ZRANGE', HELD, 0, 0, 'WITHSCORES')[2])
return done()`

const COUNT = script(
  TIME,
  `
return redis.call('ZCARD', KEYS[1]) - redis.call('ZCOUNT', KEYS[2], '-inf', time())`,
)

/**
 * from which on, how many. The number of those read, and the places of those of them who are still here, in the
 * order of coming.
 */
const PEOPLE = script(
  TIME,
  `
local now = time()
local members = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1)
if #members == 0 then return { 0 } end
local going = redis.call('ZMSCORE', KEYS[2], unpack(members))
local places = redis.call('HMGET', KEYS[3], unpack(members))
local found = { #members }
for index, place in ipairs(places) do
  local gone = going[index]
  if place and not (gone and tonumber(gone) <= now) then table.insert(found, place) end
end
return found`,
)

/** member: the place of a member who is here. */
const HERE_AS = script(
  TIME,
  `
local gone = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) or gone and tonumber(gone) <= time() then return false end
return redis.call('HGET', KEYS[3], ARGV[1])`,
)

export type RosterScripts = ReturnType<typeof rosterScripts>

/** The scripts of a roster with these times. */
export function rosterScripts(times: RosterTimes) {
  const place = placeLua(times)
  const of = (lua: string): Script => script(TIME, place, lua)
  return {
    look: of(LOOK),
    take: of(TAKE),
    claim: of(CLAIM),
    confirm: of(CONFIRM),
    leave: of(LEAVE),
    streams: of(STREAMS),
    tend: of(TEND),
    count: COUNT,
    people: PEOPLE,
    hereAs: HERE_AS,
  }
}
