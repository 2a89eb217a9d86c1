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

local worker, limit, lease, queues = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ntypes = tonumber(ARGV[5 + queues])
local types
if ntypes >= 0 then
  types = {}
  for i = 1, ntypes do types[ARGV[5 + queues + i]] = true end
end
local lanes = {}
for q = 1, queues do
  local queue = ARGV[4 + q]
  local members = redis.call('ZRANGE', base .. 'lanes:' .. queue, 0, -1)
  for _, member in ipairs(members) do
    local priority, type = string.match(member, '^(%d+):(.*)$')
    if not types or types[type] then
      lanes[#lanes + 1] = { tonumber(priority), q, type, queue, member }
    end
  end
end
table.sort(lanes, function(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  if a[2] ~= b[2] then return a[2] < b[2] end
  return a[3] < b[3]
end)
local t = now()
local reply, states, leases, started = {}, {}, {}, 0
local token
-- Claims at most `want` jobs of one lane.
local function take(lane, want)
  local queue, key = lane[4], lane_key(lane[4], lane[1], lane[3])
  local stream = base .. 'q:' .. key
  local read = redis.pcall('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', want, 'STREAMS', stream, '>')
  if read and read.err then
    if not string.find(read.err, 'NOGROUP') then error(read.err) end
    redis.call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
    redis.call('SADD', base .. 'streams', key)
    read = redis.call('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', want, 'STREAMS', stream, '>')
  end
  local entries = read and read[1] and read[1][2] or {}
  if #entries < want then
    redis.call('ZREM', base .. 'lanes:' .. queue, lane[5])
    lane.empty = true
  end
  if #entries == 0 then return end
  token = token or redis.call('INCRBY', base .. 'fence', limit) - limit
  local keys, ghosts, here = {}, {}, 0
  for i, entry in ipairs(entries) do
    keys[2 * i - 1] = base .. 'j:' .. entry[2][2]
    keys[2 * i] = base .. 's:' .. entry[2][2]
  end
  local found = redis.call('MGET', unpack(keys))
  for i, entry in ipairs(entries) do
    local id, record, s = entry[2][2], found[2 * i - 1], parse_state(found[2 * i])
    if not record or not s or s.st ~= 'q' then
      -- Deleted, cancelled, or put into its lane twice: nothing to run.
      ghosts[#ghosts + 1] = entry[1]
    else
      started = started + 1
      here = here + 1
      s.st, s.at, s.tok, s.own = 'r', s.at + 1, num(token + started), worker
      s.sta, s.run, s.ent = num(t), '0', entry[1]
      local state = format_state(s)
      local last = s.at > 1 and redis.call('GET', base .. 'e:' .. id) or ''
      states[#states + 1] = keys[2 * i]
      states[#states + 1] = state
      leases[#leases + 1] = num(t + lease)
      leases[#leases + 1] = id
      reply[#reply + 1] = id
      reply[#reply + 1] = record
      reply[#reply + 1] = state
      reply[#reply + 1] = last
    end
  end
  count(queue, 'q', -here)
  count(queue, 'r', here)
  if #ghosts > 0 then acknowledge(key, ghosts) end
end
local first = 1
while first <= #lanes and started < limit do
  local last = first
  while lanes[last + 1] and lanes[last + 1][1] == lanes[first][1] and lanes[last + 1][2] == lanes[first][2] do
    last = last + 1
  end
  -- Types of one queue and band take turns: none waits for another's backlog. The clock's microseconds pick who
  -- is first, each gets an equal share, and what is left goes to whoever has more.
  local n = last - first + 1
  local turn, share = t % n, math.ceil((limit - started) / n)
  for round = 1, 2 do
    for i = 0, n - 1 do
      local lane = lanes[first + (turn + i) % n]
      local want = math.min(round == 1 and share or limit, limit - started)
      if want > 0 and not lane.empty then take(lane, want) end
    end
  end
  first = last + 1
end
if started > 0 then
  redis.call('MSET', unpack(states))
  redis.call('ZADD', base .. 'leases', unpack(leases))
  write_counts()
  total('started', started)
end
return reply
