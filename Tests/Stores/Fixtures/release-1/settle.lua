local base = KEYS[1]
local GROUP = 'roost'
local function now() local t = redis.call('TIME') return t[1] * 1000000 + t[2] end
-- Lua numbers are doubles: microseconds fit exactly, but print as 1.7e+15 without this.
local function num(n) return string.format('%.0f', n) end
-- The part of a lane's key after `q:`. No name of a queue or a type contains the bar.
local function lane_key(queue, priority, type) return queue .. '|' .. priority .. '|' .. type end
local function parse_header(blob)
  local v, queue, type, priority, max, inserted, timeout, ttl, key =
    string.match(blob, '^(%d+) (%S+) (%S+) (%d+) (%d+) (%d+) (%d+) (%d+) (%S+)\n')
  if v ~= '1' then return nil end
  return { queue = queue, type = type, priority = priority, ttl = tonumber(ttl), key = key,
           lane = lane_key(queue, priority, type) }
end
local function header(id) return parse_header(redis.call('GETRANGE', base .. 'j:' .. id, 0, 1023)) end
local function parse_state(s)
  if not s then
    return { st = 'q', at = 0, cr = 0, tok = '0', own = '-', sta = '0', fin = '0', run = '0', exp = '0', ent = '-' }
  end
  local v, st, at, cr, tok, own, sta, fin, run, exp, ent =
    string.match(s, '^(%d+) (%a) (%d+) (%d+) (%d+) (%S+) (%d+) (%d+) (%d+) (%d+) (%S+)$')
  if v ~= '1' then return nil end
  return { st = st, at = tonumber(at), cr = tonumber(cr), tok = tok, own = own, sta = sta, fin = fin,
           run = run, exp = exp, ent = ent }
end
local function format_state(s)
  return '1 ' .. s.st .. ' ' .. s.at .. ' ' .. s.cr .. ' ' .. s.tok .. ' ' .. s.own .. ' ' .. s.sta .. ' ' ..
         s.fin .. ' ' .. s.run .. ' ' .. s.exp .. ' ' .. s.ent
end
local counted = {}
local function count(queue, letter, n)
  local f = queue .. ' ' .. letter
  counted[f] = (counted[f] or 0) + n
end
local function write_counts()
  for f, n in pairs(counted) do if n ~= 0 then redis.call('HINCRBY', base .. 'counts', f, n) end end
end
local function total(name, n) if n > 0 then redis.call('HINCRBY', base .. 'totals', name, n) end end
local function wake(what) redis.call('PUBLISH', base .. 'wake', what) end
-- Puts a job at the end of its lane; the lane is listed as one with something to deliver.
local function add_to_lane(queue, priority, type, id)
  redis.call('XADD', base .. 'q:' .. lane_key(queue, priority, type), '*', 'id', id)
  redis.call('ZADD', base .. 'lanes:' .. queue, priority, priority .. ':' .. type)
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

local t = now()
local n = #ARGV / 8
local keys = {}
for i = 1, n do keys[i] = base .. 's:' .. ARGV[i * 8 - 7] end
local found = redis.call('MGET', unpack(keys))
local reply, states, acks, leases, expiry = {}, {}, {}, {}, {}
local index, due, texts, again, done, failed, retried, queued = {}, {}, {}, {}, 0, 0, 0, false
local seen = {}
for i = 1, n do
  local a = i * 8 - 7
  local id, token, outcome, queue, priority, type = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], ARGV[a + 5]
  local span, bytes = tonumber(ARGV[a + 6]), ARGV[a + 7]
  local s = found[i] and parse_state(found[i])
  if not s or s.tok ~= token then
    reply[i] = 0
  elseif s.st ~= 'r' or seen[id] then
    -- The same ticket again: the first call was recorded and its reply lost.
    reply[i] = 1
  else
    reply[i] = 1
    seen[id] = true
    local lane = lane_key(queue, priority, type)
    acks[lane] = acks[lane] or {}
    table.insert(acks[lane], s.ent)
    leases[#leases + 1] = id
    s.ent = '-'
    count(queue, 'r', -1)
    if outcome == 'd' or outcome == 'f' or outcome == 'c' then
      s.st, s.fin, s.exp = outcome, num(t), num(t + span)
      expiry[#expiry + 1] = s.exp
      expiry[#expiry + 1] = id
      index[outcome] = index[outcome] or {}
      table.insert(index[outcome], 0)
      table.insert(index[outcome], id)
      count(queue, outcome, 1)
      if outcome == 'd' then
        done = done + 1
        texts[#texts + 1] = base .. 'r:' .. id
        texts[#texts + 1] = bytes
        if s.at > 1 then redis.call('DEL', base .. 'e:' .. id) end
      else
        if outcome == 'f' then failed = failed + 1 end
        texts[#texts + 1] = base .. 'e:' .. id
        texts[#texts + 1] = bytes
      end
    else
      if outcome == 'y' then
        retried = retried + 1
        texts[#texts + 1] = base .. 'e:' .. id
        texts[#texts + 1] = bytes
      else
        s.at = s.at - 1
      end
      if outcome ~= 'b' and span > 0 then
        s.st, s.run = 's', num(t + span)
        due[#due + 1] = s.run
        due[#due + 1] = id
        count(queue, 's', 1)
      else
        s.st = 'q'
        again[#again + 1] = { queue, priority, type, id }
        count(queue, 'q', 1)
        queued = true
      end
    end
    states[#states + 1] = keys[i]
    states[#states + 1] = format_state(s)
  end
end
if #leases == 0 then return reply end
-- First a write that a full server allows: it then lets the script finish, so that work drains.
redis.call('ZREM', base .. 'leases', unpack(leases))
redis.call('MSET', unpack(states))
if #texts > 0 then redis.call('MSET', unpack(texts)) end
for _, job in ipairs(again) do add_to_lane(job[1], job[2], job[3], job[4]) end
if #expiry > 0 then redis.call('ZADD', base .. 'expiry', unpack(expiry)) end
for outcome, members in pairs(index) do redis.call('ZADD', base .. 'ix:' .. outcome, unpack(members)) end
if #due > 0 then redis.call('ZADD', base .. 'scheduled', unpack(due)) end
for lane, entries in pairs(acks) do acknowledge(lane, entries) end
write_counts()
total('done', done)
total('failed', failed)
total('retried', retried)
if queued then wake('q') end
if #due > 0 then wake('s') end
return reply
