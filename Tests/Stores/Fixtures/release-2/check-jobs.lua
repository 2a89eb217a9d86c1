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
-- Headers: format 2 adds a field of rare properties, `letter=value;…`, which become fields of the same letter.
local function parse_header(blob)
  local v, queue, type, priority, max, inserted, timeout, ttl, key, rest =
    string.match(blob, '^(%d+) (%S+) (%S+) (%d+) (%d+) (%d+) (%d+) (%d+) (%S+)([^\n]*)\n')
  local h = { queue = queue, type = type, priority = priority, inserted = tonumber(inserted),
              ttl = tonumber(ttl), key = key }
  if v == '2' then
    local rare = string.match(rest, '^ (%S+)$')
    if not rare then return nil end
    for letter, value in string.gmatch(rare, '(%a)=([^;]+)') do h[letter] = value end
  elseif v ~= '1' or rest ~= '' then
    return nil
  end
  h.tenant = h.t
  h.lane = lane_key(queue, priority, type, h.tenant)
  return h
end
-- The beginning of a record, the whole header in it: only one with long searchable fields needs more than a look.
local function head(id)
  local blob = redis.call('GETRANGE', base .. 'j:' .. id, 0, 1535)
  if #blob == 1536 and not string.find(blob, '\n', 1, true) then
    blob = redis.call('GETRANGE', base .. 'j:' .. id, 0, 8191)
  end
  return blob
end
local function header(id) return parse_header(head(id)) end
-- The words the index has of a job.
local function terms_of(h)
  local words = {}
  if h.y then
    for word in string.gmatch((h.g or '') .. ',' .. (h.s or ''), '[^,]+') do words[#words + 1] = word end
  end
  return words
end
-- States: format 2 adds the attempts made before a replay. None: queued and never claimed.
local function parse_state(s)
  if not s then
    return { st = 'q', at = 0, cr = 0, tok = '0', own = '-', sta = '0', fin = '0', run = '0', exp = '0',
             ent = '-', before = 0 }
  end
  local v, st, at, cr, tok, own, sta, fin, run, exp, ent, rest =
    string.match(s, '^(%d+) (%a) (%d+) (%d+) (%d+) (%S+) (%d+) (%d+) (%d+) (%d+) (%S+)(.*)$')
  local before = v == '2' and string.match(rest, '^ (%d+)$') or v == '1' and rest == '' and '0'
  if not before then return nil end
  return { st = st, at = tonumber(at), cr = tonumber(cr), tok = tok, own = own, sta = sta, fin = fin,
           run = run, exp = exp, ent = ent, before = tonumber(before) }
end
local function format_state(s)
  local text = s.st .. ' ' .. s.at .. ' ' .. s.cr .. ' ' .. s.tok .. ' ' .. s.own .. ' ' .. s.sta .. ' ' ..
               s.fin .. ' ' .. s.run .. ' ' .. s.exp .. ' ' .. s.ent
  if s.before > 0 then return '2 ' .. text .. ' ' .. s.before end
  return '1 ' .. text
end
local function state(id) return parse_state(redis.call('GET', base .. 's:' .. id)) end
local function is_over(s) return s.exp ~= '0' and tonumber(s.exp) <= t end
local function is_final(s) return s.st == 'd' or s.st == 'f' or s.st == 'c' end
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
end
-- While a check counts anew, it is told of changes to jobs it has passed already: see CheckJobsScript.
local counted, lived, recounted = {}, {}, {}
local function add(sums, f, n, id)
  sums[f] = (sums[f] or 0) + n
  if is_observed() and passed and id <= passed then recounted[f] = (recounted[f] or 0) + n end
end
-- Whatever moves a job to another state or makes it or takes it away comes by here: so this is where changes and
-- ends are seen.
local function count(queue, letter, n, id)
  add(counted, queue .. ' ' .. letter, n, id)
  if not is_observed() then return end
  touch(id)
  if n > 0 and (letter == 'd' or letter == 'f' or letter == 'c') then ends[#ends + 1] = { id, letter } end
end
-- Running jobs of a tenant; of jobs that have none nothing is kept.
local function count_live(queue, tenant, n, id)
  if tenant then add(lived, queue .. '|' .. tenant, n, id) end
end
local function write_counts()
  for f, n in pairs(counted) do if n ~= 0 then redis.call('HINCRBY', base .. 'counts', f, n) end end
  for f, n in pairs(lived) do
    if n ~= 0 and redis.call('HINCRBY', base .. 'live', f, n) <= 0 then redis.call('HDEL', base .. 'live', f) end
  end
  for f, n in pairs(recounted) do if n ~= 0 then redis.call('HINCRBY', base .. 'recount', f, n) end end
  counted, lived, recounted = {}, {}, {}
  write_changes()
end
local function total(name, n) if n > 0 then redis.call('HINCRBY', base .. 'totals', name, n) end end
local repair, found = ARGV[1] == '1', {}
local function find(kind, what)
  found[#found + 1] = kind
  found[#found + 1] = what
end
local token, after, limit = ARGV[2], ARGV[3], tonumber(ARGV[4])
local key = base .. 'recount'
if after == '' then
  if redis.call('EXISTS', key) == 1 then return 'busy' end
  redis.call('HSET', key, 'token', token, 'passed', '')
elseif redis.call('HGET', key, 'token') ~= token then
  return 'lost'
end
if limit == 0 then return redis.call('DEL', key) end
redis.call('PEXPIRE', key, 60000)
local is_told = redis.call('LLEN', base .. 'ended') == 0
-- A job that waits for others: each of them knows it, unless it ended and all of that was told.
local function look_at_parents(id, h)
  if not h.p or not is_told then return end
  local parents, known, bad = {}, 0, nil
  for parent in string.gmatch(redis.call('GET', base .. 'parents:' .. id) or '', '%S+') do
    known = known + redis.call('SISMEMBER', base .. 'kids:' .. parent, id)
    local p = header(parent) and state(parent)
    if not p or p.st ~= 'd' then bad = bad or { parent, p and p.st or 'c' } end
    parents[#parents + 1] = parent
  end
  if tostring(known) == redis.call('HGET', base .. 'waits', id) then return end
  find('untold-end', id)
  if not repair then return end
  redis.call('HSET', base .. 'waits', id, math.max(1, known))
  if known > 0 then return end
  if #parents == 0 then
    redis.call('HDEL', base .. 'waits', id)
    redis.call('ZADD', base .. 'scheduled', num(t), id)
    return wake('s')
  end
  -- It hears once more of the one that decides, and goes the usual way.
  local parent, letter = bad and bad[1] or parents[1], bad and bad[2] or 'd'
  redis.call('SADD', base .. 'told:' .. parent .. ':' .. num(t), id)
  redis.call('RPUSH', base .. 'ended', parent .. ' ' .. letter .. ' - ' .. parent .. ':' .. num(t))
  wake('s')
end
local function look_at(id, h, s)
  for _, word in ipairs(terms_of(h)) do
    if not redis.call('ZSCORE', base .. 't:' .. word, id) then
      find('missing-index', 't:' .. word .. ' ' .. id)
      if repair then redis.call('ZADD', base .. 't:' .. word, 0, id) end
    end
  end
  if s.st == 's' then
    if redis.call('HEXISTS', base .. 'waits', id) == 1 then
      look_at_parents(id, h)
    elseif not redis.call('ZSCORE', base .. 'scheduled', id) then
      find('missing-schedule', id)
      if repair then
        redis.call('ZADD', base .. 'scheduled', s.run == '0' and num(t) or s.run, id)
        wake('s')
      end
    end
  elseif s.st == 'r' then
    if not redis.call('ZSCORE', base .. 'leases', id) then
      find('missing-lease', id)
      if repair then redis.call('ZADD', base .. 'leases', num(t), id) end
    end
  elseif is_final(s) then
    if not redis.call('ZSCORE', base .. 'expiry', id) then
      find('missing-expiry', id)
      if repair then redis.call('ZADD', base .. 'expiry', s.exp ~= '0' and s.exp or num(t + h.ttl), id) end
    end
    if not redis.call('ZSCORE', base .. 'ix:' .. s.st, id) then
      find('missing-index', 'ix:' .. s.st .. ' ' .. id)
      if repair then redis.call('ZADD', base .. 'ix:' .. s.st, 0, id) end
    end
  end
end
local ids = redis.call('ZRANGEBYLEX', base .. 'all', after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, limit)
local sums, jobs, unreadable = {}, 0, 0
local function sum(f) sums[f] = (sums[f] or 0) + 1 end
for _, id in ipairs(ids) do
  local h, s = header(id), state(id)
  if h and s then
    jobs = jobs + 1
    sum(h.queue .. ' ' .. s.st)
    if s.st == 'r' and h.tenant then sum(h.queue .. '|' .. h.tenant) end
    look_at(id, h, s)
  elseif redis.call('EXISTS', base .. 'j:' .. id) == 1 then
    unreadable = unreadable + 1
    find('unreadable', 'job ' .. id)
  else
    find('dangling-index', 'all ' .. id)
    if repair then redis.call('ZREM', base .. 'all', id) end
  end
end
for f, n in pairs(sums) do redis.call('HINCRBY', key, f, n) end
if unreadable > 0 then redis.call('HINCRBY', key, 'unreadable', unreadable) end
if #ids == limit then
  redis.call('HSET', key, 'passed', ids[limit])
  return { ids[limit], jobs, found }
end
-- All are counted, as of now.
local function map(name)
  local flat, fields = redis.call('HGETALL', name), {}
  for i = 1, #flat, 2 do fields[flat[i]] = tonumber(flat[i + 1]) or 0 end
  return fields
end
local new = map(key)
redis.call('DEL', key)
-- What cannot be read cannot be counted.
if new.unreadable then return { '', jobs, found } end
local function compare(name, pattern)
  local old, all = map(base .. name), {}
  for f in pairs(old) do all[f] = true end
  for f in pairs(new) do if string.find(f, pattern) then all[f] = true end end
  for f in pairs(all) do
    local is, was = new[f] or 0, old[f] or 0
    if is ~= was then
      find('count-drift', f .. ': ' .. num(was) .. ' instead of ' .. num(is))
      if repair and is == 0 then redis.call('HDEL', base .. name, f) end
      if repair and is ~= 0 then redis.call('HSET', base .. name, f, num(is)) end
    end
  end
end
compare('counts', '^%S+ %a$')
compare('live', '|')
if repair and #found > 0 then wake('q') end
return { '', jobs, found }