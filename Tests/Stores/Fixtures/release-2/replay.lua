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
local NOT_STARTED, DEADLINE = 'it did not start in time', 'its deadline passed'
local DEAD_TTL = 2592000000000
-- One look a script whether any job is called off, watched or has a time limit: where none is, none pays.
local rare
local function has_rare()
  if rare == nil then
    rare = redis.call('EXISTS', base .. 'cancels', base .. 'watched', base .. 'overdue') > 0
  end
  return rare
end
-- Whom to wake in the end.
local wakes = {}
local function write_wakes()
  if wakes.q then wake('q') end
  if wakes.s then wake('s') end
end
-- Leaves a note for promote that a job ended which others wait for. Its children move to a key of this end's own:
-- those that come after a replay wait for the next one.
local function tell(id, letter, watch)
  local batch, has_kids = string.match(watch, '^(%S+) (%d)$')
  local kids = '-'
  if has_kids == '1' and redis.call('EXISTS', base .. 'kids:' .. id) == 1 then
    kids = id .. ':' .. num(t)
    redis.call('RENAME', base .. 'kids:' .. id, base .. 'told:' .. kids)
  end
  redis.call('RPUSH', base .. 'ended', id .. ' ' .. letter .. ' ' .. (batch or '-') .. ' ' .. kids)
  redis.call('HDEL', base .. 'watched', id)
  wakes.s = true
end
local function tell_if_watched(id, letter)
  local watch = redis.call('HGET', base .. 'watched', id)
  if watch then tell(id, letter, watch) end
end
-- Writes where a job is; queued and never claimed is the absence of a state.
local function write_state(id, s)
  if s.st == 'q' and s.at == 0 and s.cr == 0 and s.before == 0 and s.tok == '0' then
    redis.call('DEL', base .. 's:' .. id)
  else
    redis.call('SET', base .. 's:' .. id, format_state(s))
  end
end
-- What is kept of an attempt that failed.
local function note_failure(id, s, error)
  redis.call('RPUSH', base .. 'h:' .. id,
    '1 ' .. s.at .. ' ' .. s.sta .. ' ' .. num(t) .. ' ' .. s.own .. '\n' .. error)
  redis.call('LTRIM', base .. 'h:' .. id, -20, -1)
end
-- Ends a job without a result; who ran, has lost its lease before.
local function finish(id, h, s, letter, error)
  -- A write that a full server allows comes first.
  redis.call('ZREM', base .. 'scheduled', id)
  if s.st == 's' and (h.p or s.run == '0') then redis.call('HDEL', base .. 'waits', id) end
  if has_rare() then
    redis.call('ZREM', base .. 'overdue', id)
    redis.call('HDEL', base .. 'cancels', id)
    tell_if_watched(id, letter)
  end
  count(h.queue, s.st, -1, id)
  count(h.queue, letter, 1, id)
  if letter == 'f' then total('failed', 1) end
  s.st, s.fin, s.run, s.exp = letter, num(t), '0', num(t + (letter == 'f' and DEAD_TTL or h.ttl))
  redis.call('SET', base .. 's:' .. id, format_state(s))
  redis.call('SET', base .. 'e:' .. id, error)
  redis.call('ZADD', base .. 'expiry', s.exp, id)
  redis.call('ZADD', base .. 'ix:' .. letter, 0, id)
end
-- When the time of a job that waits is over, and how it ends then.
local function overdue_at(h, s)
  local start, last = s.at == 0 and tonumber(h.x), tonumber(h.d)
  if start and last then return math.min(start, last) end
  return start or last
end
local function end_overdue(id, h, s)
  if s.at == 0 and h.x and tonumber(h.x) <= t then
    finish(id, h, s, 'c', NOT_STARTED)
  else
    finish(id, h, s, 'f', DEADLINE)
  end
end
-- Keeps when a job that waits again is overdue; while it runs, -1 stands there.
local function watch_time(id, h, s)
  local at = overdue_at(h, s)
  if at then
    redis.call('ZADD', base .. 'overdue', num(at), id)
    wakes.s = true
  else
    redis.call('ZREM', base .. 'overdue', id)
  end
end
-- Gathers all that is kept of a job that does not run; `empty_trash` deletes it.
local trash, gone, unlisted, unnamed = {}, {}, {}, {}
local function purge(id, h, s)
  count(h.queue, s.st, -1, id)
  for _, word in ipairs(terms_of(h)) do
    unnamed[word] = unnamed[word] or {}
    table.insert(unnamed[word], id)
  end
  for _, kind in ipairs({ 'j:', 's:', 'r:', 'e:', 'p:', 'l:', 'h:', 'parents:' }) do
    trash[#trash + 1] = base .. kind .. id
  end
  gone[#gone + 1] = id
  if is_final(s) then
    unlisted[s.st] = unlisted[s.st] or {}
    table.insert(unlisted[s.st], id)
  else
    redis.call('ZREM', base .. 'scheduled', id)
    redis.call('HDEL', base .. 'waits', id)
    if has_rare() then
      redis.call('ZREM', base .. 'overdue', id)
      tell_if_watched(id, 'c')
    end
  end
  if h.key == '-' then return end
  local key = base .. 'k:' .. string.sub(h.key, 2)
  local holder, till = string.match(redis.call('GET', key) or '', '^(%S+) ?(%d*)$')
  if holder ~= id then return end
  till = tonumber(till)
  if s.st == 'd' and till and till > t then
    -- The period of a job that was done outlives its record.
    redis.call('PEXPIREAT', key, num(math.ceil(till / 1000)))
  else
    trash[#trash + 1] = key
  end
end
local function empty_trash()
  if #gone == 0 then return end
  for i = 1, #trash, 1000 do redis.call('UNLINK', unpack(trash, i, math.min(i + 999, #trash))) end
  redis.call('ZREM', base .. 'all', unpack(gone))
  redis.call('ZREM', base .. 'expiry', unpack(gone))
  for letter, ids in pairs(unlisted) do redis.call('ZREM', base .. 'ix:' .. letter, unpack(ids)) end
  for word, ids in pairs(unnamed) do redis.call('ZREM', base .. 't:' .. word, unpack(ids)) end
  trash, gone, unlisted, unnamed = {}, {}, {}, {}
end
local id = ARGV[1]
local h = header(id)
local s = h and state(id)
if not s or is_over(s) then return false end
if s.st ~= 'f' and s.st ~= 'c' then return s.st ~= 'q' and s.st or 'Q' end
local function is_free(key)
  local holder, till = string.match(redis.call('GET', key) or '', '^(%S+) ?(%d*)$')
  if not holder then return true end
  local other = header(holder) and state(holder)
  if other and is_over(other) then other = nil end
  if other and (other.st == 'f' or other.st == 'c') then return true end
  if till ~= '' then return tonumber(till) <= t end
  return not other
end
local key = h.key ~= '-' and base .. 'k:' .. string.sub(h.key, 2)
local takes = key and is_free(key)
count(h.queue, s.st, -1, id)
count(h.queue, 'q', 1, id)
redis.call('ZREM', base .. 'ix:' .. s.st, id)
redis.call('ZREM', base .. 'expiry', id)
redis.call('DEL', base .. 'e:' .. id, base .. 'r:' .. id)
if h.x or h.d then
  -- Its time limits were for the first life. The one case in which a record is written again.
  local line, payload = string.match(redis.call('GET', base .. 'j:' .. id), '^([^\n]*)(\n.*)$')
  local head, fields = string.match(line, '^2 (.*) (%S+)$')
  local kept = {}
  for letter, value in string.gmatch(fields, '(%a)=([^;]+)') do
    if letter ~= 'x' and letter ~= 'd' then kept[#kept + 1] = letter .. '=' .. value end
  end
  line = #kept == 0 and '1 ' .. head or '2 ' .. head .. ' ' .. table.concat(kept, ';')
  redis.call('SET', base .. 'j:' .. id, line .. payload)
end
s.st, s.before, s.cr, s.fin, s.exp, s.run = 'q', s.at, 0, '0', '0', '0'
write_state(id, s)
if takes then redis.call('SET', key, id) end
add_to_lane(h.queue, h.priority, h.type, h.tenant, id)
wakes.q = true
write_counts()
write_wakes()
return 'q'