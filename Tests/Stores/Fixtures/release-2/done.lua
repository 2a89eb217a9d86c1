local base = KEYS[1]
local GROUP = 'roost'
local function now() local t = redis.call('TIME') return t[1] * 1000000 + t[2] end
local t = now()
-- Lua numbers are doubles: microseconds fit exactly, but print as 1.7e+15 without this.
local function num(n) return string.format('%.0f', n) end
-- The part of a lane's key after `q:`. No name of a queue, a type or a tenant contains the bar.
local function lane_key(queue, priority, type, tenant)
  local key = queue .. '|' .. priority .. '|' .. type
  return tenant and key .. '|' .. tenant or key
end
local function wake(what) redis.call('PUBLISH', base .. 'wake', what) end
-- One look a script whether there is anybody: where nobody is, none pays.
local observed, passed
local function is_observed()
  if observed == nil then
    observed = redis.call('EXISTS', base .. 'recount', base .. 'watching', base .. 'feed') > 0
    if observed then passed = redis.call('HGET', base .. 'recount', 'passed') end
  end
  return observed
end
local touched, changes, ends = {}, {}, {}
-- Something about the job changes.
local function touch(id)
  if touched[id] or not is_observed() then return end
  touched[id] = true
  changes[#changes + 1] = id
end
local function write_ends()
  if #ends == 0 or redis.call('EXISTS', base .. 'feed') == 0 then return end
  for _, ended in ipairs(ends) do
    redis.call('XADD', base .. 'ends', 'MAXLEN', '~', 1000000, '*', 'id', ended[1], 'state', ended[2])
  end
  wake('e')
end
-- Tells of all that was touched. After everything else was written.
local function write_changes()
  local heard = {}
  for i = 1, #changes, 500 do
    local last = math.min(i + 499, #changes)
    local till = redis.call('ZMSCORE', base .. 'watching', unpack(changes, i, last))
    for k = i, last do
      local time = till[k - i + 1]
      if time and tonumber(time) > t then heard[#heard + 1] = changes[k] end
    end
  end
  if #heard > 0 then wake('c' .. table.concat(heard, ' ')) end
  write_ends()
  touched, changes, ends = {}, {}, {}
end-- Settings of a later release are an error to who must keep to them (`is_strict`), none to others.
local function settings(queues, is_strict)
  local texts, found = redis.call('HMGET', base .. 'queues', unpack(queues)), {}
  for i, text in ipairs(texts) do
    if text then
      local v, paused, most, rate, period, tmost, trate, tperiod, quota =
        string.match(text, '^(%d+) (%d) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)')
      if v ~= '1' and is_strict then
        error('the settings of queue ' .. queues[i] .. ' are of an unknown format')
      end
      found[queues[i]] = v == '1' and {
        paused = paused == '1', most = tonumber(most), rate = tonumber(rate), period = tonumber(period),
        tmost = tonumber(tmost), trate = tonumber(trate), tperiod = tonumber(tperiod),
        quota = tonumber(quota), limited = most ~= '-' or rate ~= '-' or tmost ~= '-' or trate ~= '-' } or nil
    end
  end
  return found
end
-- How many of `want` jobs a rate lets start now, and if none, the µs until one may. The list has the newest
-- start first: the k-th from now may come when the one `rate` starts before it has left the window.
local function rate_room(name, rate, period, want)
  want = math.min(want, rate)
  local starts = redis.call('LRANGE', base .. 'rate:' .. name, rate - want, rate - 1)
  local room = want - #starts
  for i = #starts, 1, -1 do
    if tonumber(starts[i]) + period > t then break end
    room = room + 1
  end
  return room, room == 0 and tonumber(starts[#starts]) + period - t
end
local function note_starts(name, rate, period, n)
  local times = {}
  for i = 1, n do times[i] = num(t) end
  redis.call('LPUSH', base .. 'rate:' .. name, unpack(times))
  redis.call('LTRIM', base .. 'rate:' .. name, 0, rate - 1)
  redis.call('PEXPIRE', base .. 'rate:' .. name, num(math.ceil(period / 1000)))
end
local listed, turns = {}, {}
-- The number of the turn after all that were given out for a lane's tenants.
local function next_turn(lane)
  if not turns[lane] then
    local last = redis.call('ZREVRANGE', base .. 'turns:' .. lane, 0, 0, 'WITHSCORES')
    turns[lane] = tonumber(last[2] or 0)
  end
  turns[lane] = turns[lane] + 1
  return turns[lane]
end
-- Puts a job at the end of its lane; the lane is listed as one with something to deliver. Jobs of tenants have
-- a lane for each tenant, listed in their order of turns, and all of them stand for one lane of the band.
local function add_to_lane(queue, priority, type, tenant, id)
  local lane = lane_key(queue, priority, type, tenant)
  redis.call('XADD', base .. 'q:' .. lane, '*', 'id', id)
  if listed[lane] then return end
  listed[lane] = true
  local member = priority .. ':' .. type
  if tenant then
    local group = lane_key(queue, priority, type)
    if not redis.call('ZSCORE', base .. 'turns:' .. group, tenant) then
      redis.call('ZADD', base .. 'turns:' .. group, next_turn(group), tenant)
    end
    member = member .. '|'
  end
  redis.call('ZADD', base .. 'lanes:' .. queue, priority, member)
end
-- Acknowledges entries of a lane and lets go of what nobody needs any more: everything before the oldest
-- pending entry was delivered and acknowledged.
local function acknowledge(lane, entries)
  local stream = base .. 'q:' .. lane
  redis.call('XACK', stream, GROUP, unpack(entries))
  local pending = redis.call('XPENDING', stream, GROUP)
  local floor = pending[2]
  if pending[1] == 0 then
    -- Nothing is pending: all that was delivered is done with.
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
      local g = {}
      for i = 1, #group, 2 do g[group[i]] = group[i + 1] end
      if g.name == GROUP then
        local ms, seq = string.match(g['last-delivered-id'], '^(%d+)-(%d+)$')
        floor = ms .. '-' .. num(tonumber(seq) + 1)
      end
    end
  end
  local left = #entries - redis.call('XTRIM', stream, 'MINID', '=', floor)
  if left ~= 0 then
    local garbage = redis.call('HINCRBY', base .. 'garbage', lane, left)
    if garbage > 5000 then
      redis.call('HINCRBY', base .. 'garbage', lane, -redis.call('XDEL', stream, unpack(entries)))
    end
  end
end
local sections, ids, keys, args, reply = {}, {}, {}, {}, {}
local a = 1
while a <= #ARGV do
  local first, last = a + 4, a + 3 + 3 * ARGV[a + 3]
  sections[#sections + 1] = { queue = ARGV[a], lane = ARGV[a + 1], ttl = ARGV[a + 2], first = #ids + 1 }
  for i = first, last, 3 do
    local n = #ids + 1
    ids[n], args[n], reply[n] = ARGV[i], i, 2
    keys[n] = base .. 's:' .. ARGV[i]
  end
  sections[#sections].last = #ids
  a = last + 1
end
local observed = is_observed()
if observed and redis.call('EXISTS', base .. 'recount') == 1 then return reply end
local found = redis.call('MGET', unpack(keys))
local wishes, watches, times = {}, {}, {}
if redis.call('EXISTS', base .. 'cancels', base .. 'watched', base .. 'overdue') > 0 then
  wishes = redis.call('HMGET', base .. 'cancels', unpack(ids))
  watches = redis.call('HMGET', base .. 'watched', unpack(ids))
  times = redis.call('ZMSCORE', base .. 'overdue', unpack(ids))
end
local fin, tails, match, seen = num(t), {}, string.match, {}
local states, done, entries = {}, {}, {}
for _, section in ipairs(sections) do
  local till = num(t + section.ttl)
  local tail = ' ' .. fin .. ' 0 ' .. till .. ' -'
  section.till, section.entries = till, {}
  for n = section.first, section.last do
    local id, s = ids[n], found[n]
    -- The first attempt of a job, running: the state that SettleScript would take apart and put together again.
    local token, rest, entry = match(s or '', '^1 r 1 0 (%d+) (%S+ %d+) 0 0 0 (%S+)$')
    if not s then
      reply[n] = 0
    elseif token and not (seen[id] or wishes[n] or watches[n] or times[n]) then
      if token == ARGV[args[n] + 1] then
        seen[id] = true
        reply[n] = 1
        done[#done + 1] = id
        section.entries[#section.entries + 1] = entry
        states[n] = '1 d 1 0 ' .. token .. ' ' .. rest .. tail
      else
        reply[n] = 0
      end
    end
  end
end
if #done == 0 then return reply end
-- First a write that a full server allows: it then lets the script finish, so that work drains.
redis.call('ZREM', base .. 'leases', unpack(done))
local texts, expiry, index, k, asked = {}, {}, {}, 0, { '*' }
for _, section in ipairs(sections) do
  for n = section.first, section.last do
    if states[n] then
      local id = ids[n]
      k = k + 1
      texts[4 * k - 3] = keys[n]
      texts[4 * k - 2] = states[n]
      texts[4 * k - 1] = base .. 'r:' .. id
      texts[4 * k] = ARGV[args[n] + 2]
      expiry[2 * k - 1] = section.till
      expiry[2 * k] = id
      index[2 * k - 1] = 0
      index[2 * k] = id
      if observed then
        touch(id)
        ends[#ends + 1] = { id, 'd' }
      end
    end
  end
  local count = #section.entries
  if count > 0 then
    acknowledge(section.lane, section.entries)
    redis.call('HINCRBY', base .. 'counts', section.queue .. ' r', -count)
    redis.call('HINCRBY', base .. 'counts', section.queue .. ' d', count)
    asked[#asked + 1] = section.queue
  end
end
redis.call('MSET', unpack(texts))
redis.call('ZADD', base .. 'expiry', unpack(expiry))
redis.call('ZADD', base .. 'ix:d', unpack(index))
redis.call('HINCRBY', base .. 'totals', 'done', k)
write_changes()
-- Room under a limit is room for a claim that waits.
for _, limits in pairs(settings(asked)) do
  if limits.limited then
    wake('q')
    break
  end
end
return reply