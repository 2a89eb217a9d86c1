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
local n = #ARGV / 9
-- What is there already: the records of the same ids, and who holds the keys.
local records = {}
for i = 1, n do records[i] = base .. 'j:' .. ARGV[i * 9 - 8] end
local existing = redis.call('MGET', unpack(records))
local reply, accepted, taken = {}, {}, {}
for i = 1, n do
  local id, key = ARGV[i * 9 - 8], ARGV[i * 9 - 3]
  local again = existing[i] or taken['j:' .. id]
  reply[i] = ''
  if not again and key ~= '-' then
    local holder = taken['k:' .. key]
    if not holder then
      holder = redis.call('GET', base .. 'k:' .. string.sub(key, 2))
      if holder then
        local s = parse_state(redis.call('GET', base .. 's:' .. holder))
        local over = s and (s.st == 'f' or s.st == 'c' or (s.st == 'd' and tonumber(s.exp) <= t))
        if over or redis.call('EXISTS', base .. 'j:' .. holder) == 0 then holder = nil end
      end
    end
    if holder then
      reply[i] = holder
      again = true
    else
      taken['k:' .. key] = id
    end
  end
  if not again then
    taken['j:' .. id] = true
    accepted[#accepted + 1] = i
  end
end
if #accepted == 0 then return reply end
local index, lanes, due, queued, scheduled = {}, {}, {}, false, false
for _, i in ipairs(accepted) do
  local a = i * 9 - 8
  local id, queue, type, priority, when = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4]
  redis.call('SET', base .. 'j:' .. id, '1 ' .. queue .. ' ' .. type .. ' ' .. priority .. ' ' .. ARGV[a + 6] ..
    ' ' .. num(t) .. ' ' .. ARGV[a + 7] .. ' ' .. ARGV[a + 5] .. '\n' .. ARGV[a + 8])
  if ARGV[a + 5] ~= '-' then redis.call('SET', base .. 'k:' .. string.sub(ARGV[a + 5], 2), id) end
  index[#index + 1] = 0
  index[#index + 1] = id
  local run = 0
  if when ~= '' then
    run = tonumber(string.sub(when, 2))
    if string.sub(when, 1, 1) == '+' then run = t + run end
  end
  if run > t then
    local s = parse_state(nil)
    s.st, s.run = 's', num(run)
    redis.call('SET', base .. 's:' .. id, format_state(s))
    due[#due + 1] = num(run)
    due[#due + 1] = id
    count(queue, 's', 1)
    scheduled = true
  else
    redis.call('XADD', base .. 'q:' .. lane_key(queue, priority, type), '*', 'id', id)
    lanes[queue] = lanes[queue] or {}
    lanes[queue][priority .. ':' .. type] = priority
    count(queue, 'q', 1)
    queued = true
  end
end
redis.call('ZADD', base .. 'all', unpack(index))
if #due > 0 then redis.call('ZADD', base .. 'scheduled', unpack(due)) end
for queue, members in pairs(lanes) do
  for member, priority in pairs(members) do redis.call('ZADD', base .. 'lanes:' .. queue, priority, member) end
end
write_counts()
total('enqueued', #accepted)
if queued then wake('q') end
if scheduled then wake('s') end
return reply
