import { defineScript, type Script } from '../../redis/script.ts'
import { TIME_LUA } from '../../redis/time.ts'
import type { RosterTimes } from '../membership.ts'
import { membershipLua } from './membership-lua.ts'

/** Members that one script handles: some two milliseconds, during which Redis does nothing else. */
export const MEMBERS_AT_ONCE = 100

/** ARGV: member, candidate names. Replies with the seat that the member holds, or the name that it would take. */
const SEAT_OF = `
local membership = readMembership(ARGV[1])
if membership and membership.name then
  reply.seat = { membership.name, membership.tag }
else
  for _, candidate in ipairs(cjson.decode(ARGV[2])) do
    if not reply.name and isFree(ARGV[1], candidate[2]) then reply.name = candidate[1] end
  end
end
return finish()`

/** ARGV: member, tag, candidate names. Takes a seat. A reply without a seat means that more names are needed. */
const TAKE = `
local member = ARGV[1]
local membership = readMembership(member) or newMembership()
if membership and takeSeat(member, membership, ARGV[2], cjson.decode(ARGV[3])) then
  membership.seen = now
  storeMembership(member, membership)
  reply.seat = { membership.name, membership.tag }
end
return finish()`

/** ARGV: member, tag, name, its lookalikes. Takes the name. A reply without a seat means that it is not free. */
const CLAIM = `
local member, name, lookalikes = ARGV[1], ARGV[3], cjson.decode(ARGV[4])
local membership = isFree(member, lookalikes) and (readMembership(member) or newMembership()) or nil
if membership then
  local before = membership.name
  assignName(member, membership, ARGV[2], name, lookalikes)
  membership.seen = now
  if before ~= name then
    if before and membership.told then recordChange('renamed', membership, before) end
    publishSeatChange(member)
  end
  storeMembership(member, membership)
  reply.seat = { membership.name, membership.tag }
end
return finish()`

/**
 * ARGV: member, tag, candidate names. Records a sign of life. Replies with the seat, with `more` if more names are
 * needed, or with neither if the member has no stream.
 */
const CONFIRM = `
local member = ARGV[1]
local membership = readMembership(member)
if membership and next(membership.streams) then
  -- Deleted first, for the same reason as a lease below.
  if membership.name then redis.call('ZREM', GOING, member) end
  if takeSeat(member, membership, ARGV[2], cjson.decode(ARGV[3])) then
    membership.seen, membership.confirmed = now, now
    storeMembership(member, membership)
    reply.seat = { membership.name, membership.tag }
  else
    reply.more = true
  end
end
return finish()`

/** ARGV: member. Gives the seat back. */
const LEAVE = `
local member = ARGV[1]
local membership = readMembership(member)
if membership then
  releaseSeat(member, membership)
  storeMembership(member, membership)
end
return finish()`

/**
 * ARGV: process, reason, and a list of `[member, tag, connected, confirmed, candidate names]`. Sets how many streams
 * each member has at this process, and renews the lease of the process.
 *
 * Reason: `changed` if streams were opened or closed just now; `resend` if Redis may have forgotten them; `restore` if
 * Redis lost other data too. Pages still show the members of a `restore`, so that they are not announced again.
 *
 * Replies whether the lease was valid (`known`), the seats, and the members who need more names (`needy`).
 */
const UPDATE_STREAMS = `
local process, reason = ARGV[1], ARGV[2]
local leaseEnd = redis.call('HGET', PROCESSES, process)
reply.known = leaseEnd and tonumber(leaseEnd) > now or false

local function setStreams(member, tag, connected, confirmed, candidates)
  local open = connected + confirmed > 0
  local membership = readMembership(member)
  if not membership and not open then return true end
  local isNew = not membership
  membership = membership or newMembership()
  if not membership then return true end
  local before = membership.streams[process] or { 0, 0 }
  local more = connected + confirmed - before[1] - before[2]
  if open and (more > 0 or reason ~= 'changed') and not takeSeat(member, membership, tag, candidates) then return false end
  if open then
    membership.streams[process] = { connected, confirmed }
    redis.call('ZADD', STREAMS, 0, process .. ':' .. member)
  else
    membership.streams[process] = nil
    redis.call('ZREM', STREAMS, process .. ':' .. member)
  end
  if more ~= 0 or isNew then membership.seen = now end
  if more < 0 then membership.closed = now end
  if more > 0 and (reason == 'changed' or isNew) then membership.confirmed = now end
  if isNew and reason == 'restore' then
    membership.told = true
    redis.call('ZADD', HERE, now, member)
  end
  storeMembership(member, membership)
  if membership.name then table.insert(reply.seats, { member, membership.name, membership.tag }) end
  return true
end

reply.seats, reply.needy = {}, {}
for _, stream in ipairs(cjson.decode(ARGV[3])) do
  if not setStreams(unpack(stream)) then table.insert(reply.needy, stream[1]) end
end
-- Last: closed streams need no space, and a full Redis lets a script write on after it has deleted something.
redis.call('HSET', PROCESSES, process, now + LEASE)
changed = true
return finish()`

/**
 * ARGV: process, or nothing if it has no streams here; `1` to renew its lease. Marks members as gone and frees names
 * when their time is over, and removes the streams of processes whose lease has ended.
 *
 * Replies whether this process has lost its lease and must send its streams again (`lost`), whether there is `more` to
 * do at once, and when the next time is over (`next`).
 */
const SWEEP_MEMBERS = `
local process, renewing = ARGV[1], ARGV[2] == '1'
local LIMIT = ${MEMBERS_AT_ONCE}

local function schedule(time)
  if time and (not reply.next or tonumber(time) < reply.next) then reply.next = tonumber(time) end
end

local function endLease(other, expiresAt)
  local entries = redis.call('ZRANGEBYLEX', STREAMS, '[' .. other .. ':', '(' .. other .. ';', 'LIMIT', 0, LIMIT)
  for _, entry in ipairs(entries) do
    local member = string.sub(entry, #other + 2)
    local membership = readMembership(member)
    redis.call('ZREM', STREAMS, entry)
    if membership then
      membership.streams[other] = nil
      membership.seen = math.max(membership.seen, expiresAt)
      storeMembership(member, membership)
    end
  end
  if #entries == LIMIT then reply.more = true else redis.call('HDEL', PROCESSES, other) end
end

local leases = redis.call('HGETALL', PROCESSES)
if process ~= '' then
  reply.lost = true
end
for index = 1, #leases, 2 do
  local other, expiresAt = leases[index], tonumber(leases[index + 1])
  if other == process then
    reply.lost = expiresAt <= now
  elseif expiresAt <= now then
    endLease(other, expiresAt)
  else
    schedule(expiresAt)
  end
end
if process ~= '' and not reply.lost and renewing then
  -- Deleted first: after that, a full Redis lets the script write on, and the new value takes no more space.
  redis.call('HDEL', PROCESSES, process)
  redis.call('HSET', PROCESSES, process, now + LEASE)
  changed = true
end

local going = redis.call('ZRANGEBYSCORE', GOING, '-inf', now, 'LIMIT', 0, LIMIT)
for _, member in ipairs(going) do
  local membership = readMembership(member)
  if membership then storeMembership(member, membership) else redis.call('ZREM', GOING, member) end
end
local held = redis.call('ZRANGEBYSCORE', HELD, '-inf', now, 'LIMIT', 0, LIMIT)
for _, member in ipairs(held) do
  local membership = readMembership(member)
  if membership then
    releaseSeat(member, membership)
    storeMembership(member, membership)
  else
    redis.call('ZREM', HELD, member)
  end
end
if #going == LIMIT or #held == LIMIT then reply.more = true end
schedule(redis.call('ZRANGE', GOING, 0, 0, 'WITHSCORES')[2])
schedule(redis.call('ZRANGE', HELD, 0, 0, 'WITHSCORES')[2])
return finish()`

/** The reply of a reading script if the room must be swept first: a process is gone, and its members are not here. */
export const LEASE_ENDED = 'lease-ended'

/** Lua at the start of a reading script. ARGV: `1` to check the leases of the room's processes. */
const CHECK_LEASES_LUA = `
local now = time()
for _, expiresAt in ipairs(ARGV[1] == '1' and redis.call('HVALS', KEYS[4]) or {}) do
  if tonumber(expiresAt) <= now then return '${LEASE_ENDED}' end
end
`

/** Replies how many members are here. */
const COUNT = defineScript(
  TIME_LUA,
  CHECK_LEASES_LUA,
  `
return redis.call('ZCARD', KEYS[1]) - redis.call('ZCOUNT', KEYS[2], '-inf', now)`,
)

/**
 * ARGV after the first: offset, limit. Replies how many members were read, and then the memberships of those who are
 * still here, in the order in which they came.
 */
const PEOPLE = defineScript(
  TIME_LUA,
  CHECK_LEASES_LUA,
  `
local members = redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[2] + ARGV[3] - 1)
if #members == 0 then return { 0 } end
local going = redis.call('ZMSCORE', KEYS[2], unpack(members))
local memberships = redis.call('HMGET', KEYS[3], unpack(members))
local found = { #members }
for index, membership in ipairs(memberships) do
  local goneAt = going[index]
  if membership and not (goneAt and tonumber(goneAt) <= now) then table.insert(found, membership) end
end
return found`,
)

/** ARGV after the first: member. Replies with the membership of a member who is here. */
const HERE_AS = defineScript(
  TIME_LUA,
  CHECK_LEASES_LUA,
  `
local goneAt = redis.call('ZSCORE', KEYS[2], ARGV[2])
if not redis.call('ZSCORE', KEYS[1], ARGV[2]) or goneAt and tonumber(goneAt) <= now then return false end
return redis.call('HGET', KEYS[3], ARGV[2])`,
)

export type RosterScripts = ReturnType<typeof createRosterScripts>

/** Creates the scripts of a roster with these timeouts. */
export function createRosterScripts(times: RosterTimes) {
  const membership = membershipLua(times)
  const of = (lua: string): Script => defineScript(TIME_LUA, membership, lua)
  return {
    seatOf: of(SEAT_OF),
    take: of(TAKE),
    claim: of(CLAIM),
    confirm: of(CONFIRM),
    leave: of(LEAVE),
    streams: of(UPDATE_STREAMS),
    sweep: of(SWEEP_MEMBERS),
    count: COUNT,
    people: PEOPLE,
    hereAs: HERE_AS,
  }
}
