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
local last, grace = string.match(redis.call('GET', base .. 'sweep') or '', '^(%d+) (%d+)$')
last, grace = tonumber(last or t), tonumber(grace or 0)
if t - last > tonumber(ARGV[6]) then grace = t + tonumber(ARGV[7]) end
-- A write that a full server allows comes first: lost jobs are rescued also then.
redis.call('DEL', base .. 'none')
redis.call('SET', base .. 'sweep', num(t) .. ' ' .. num(grace))
if t < grace then return {} end
local ids = redis.call('ZRANGEBYSCORE', base .. 'leases', '-inf', num(t), 'LIMIT', 0, ARGV[1])
local reply, failed = {}, 0
for _, id in ipairs(ids) do
  local h, s = header(id), parse_state(redis.call('GET', base .. 's:' .. id))
  if h and s and s.st == 'r' then
    local entry, worker = s.ent, s.own
    s.cr, s.tok, s.ent = s.cr + 1, '0', '-'
    count(h.queue, 'r', -1)
    if s.cr >= tonumber(ARGV[2]) then
      s.st, s.fin, s.exp = 'f', num(t), num(t + tonumber(ARGV[3]))
      redis.call('SET', base .. 'e:' .. id, ARGV[4] .. s.cr .. ARGV[5] .. worker .. ')')
      redis.call('ZADD', base .. 'expiry', s.exp, id)
      redis.call('ZADD', base .. 'ix:f', 0, id)
      count(h.queue, 'f', 1)
      failed = failed + 1
    else
      s.st = 'q'
      add_to_lane(h.queue, h.priority, h.type, id)
      count(h.queue, 'q', 1)
    end
    redis.call('SET', base .. 's:' .. id, format_state(s))
    acknowledge(h.lane, { entry })
    reply[#reply + 1] = id
    reply[#reply + 1] = s.st
  end
end
if #ids > 0 then redis.call('ZREM', base .. 'leases', unpack(ids)) end
if #reply > 0 then
  write_counts()
  total('reclaimed', #reply / 2)
  total('failed', failed)
  wake('q')
end
return reply
