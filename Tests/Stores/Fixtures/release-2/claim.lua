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
-- Settings of a later release are an error to who must keep to them (`is_strict`), none to others.
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
local worker, limit, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
-- Entries one claim looks at: behind many that are not to be run any more, the next claim goes on.
local looks, consumed = limit + 500, 0
local reply, states, leases, started, again = { -1 }, {}, {}, 0, nil
-- States are written in the end: who runs by then is known here.
local token, here = nil, {}
local function look_again(after)
  if after and (not again or after < again) then again = after end
end
local mine, till = ' ' .. worker .. ' ' .. num(t) .. ' 0 0 0 ', num(t + lease)
-- `s` is its state, nil of a job that was never claimed.
local function run(id, record, s, lane, entry)
  started = started + 1
  token = token or redis.call('INCRBY', base .. 'fence', limit) - limit
  local text, last = nil, ''
  if s then
    s.st, s.at, s.tok, s.own = 'r', s.at + 1, num(token + started), worker
    s.sta, s.run, s.ent = num(t), '0', entry
    text = format_state(s)
    if s.at > 1 then last = redis.call('GET', base .. 'e:' .. id) or '' end
  else
    text = '1 r 1 0 ' .. num(token + started) .. mine .. entry
  end
  states[2 * started - 1] = base .. 's:' .. id
  states[2 * started] = text
  leases[2 * started - 1] = till
  leases[2 * started] = id
  local place = 4 * started - 2
  reply[place], reply[place + 1], reply[place + 2], reply[place + 3] = id, record, text, last
  if is_observed() then
    count(lane.queue, 'q', -1, id)
    count(lane.queue, 'r', 1, id)
  end
  count_live(lane.queue, lane.tenant, 1, id)
end
-- Takes at most `want` entries of a lane; returns how many of their jobs run, and whether the lane is empty now.
local function take_once(lane, want)
  local stream = base .. 'q:' .. lane.key
  local read = redis.pcall('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', want, 'STREAMS', stream, '>')
  if read and read.err then
    if not string.find(read.err, 'NOGROUP') then error(read.err) end
    redis.call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
    redis.call('SADD', base .. 'streams', lane.key)
    read = redis.call('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', want, 'STREAMS', stream, '>')
  end
  local entries = read and read[1] and read[1][2] or {}
  looks = looks - math.max(1, #entries)
  if #entries == 0 then return 0, true end
  consumed = consumed + #entries
  local keys, ghosts, before = {}, {}, started
  for i, entry in ipairs(entries) do
    keys[2 * i - 1] = base .. 'j:' .. entry[2][2]
    keys[2 * i] = base .. 's:' .. entry[2][2]
  end
  local found = redis.call('MGET', unpack(keys))
  for i, entry in ipairs(entries) do
    local id, record, text = entry[2][2], found[2 * i - 1], found[2 * i]
    local s = text and parse_state(text)
    if not record or text and (not s or s.st ~= 'q') or here[id] then
      -- Deleted, cancelled, or put into its lane twice: nothing to run.
      ghosts[#ghosts + 1] = entry[1]
    else
      -- Only records of the second format may have a time limit.
      local h = string.byte(record) == 50 and parse_header(record)
      local at = h and overdue_at(h, s or parse_state(nil))
      if at and at <= t then
        end_overdue(id, h, s or parse_state(nil))
        ghosts[#ghosts + 1] = entry[1]
      else
        here[id] = true
        if at then redis.call('ZADD', base .. 'overdue', -1, id) end
        run(id, record, s, lane, entry[1])
      end
    end
  end
  if started > before and not is_observed() then
    count(lane.queue, 'q', before - started)
    count(lane.queue, 'r', started - before)
  end
  if #ghosts > 0 then acknowledge(lane.key, ghosts) end
  local is_empty = #entries < want
  if not is_empty then
    is_empty = #redis.call('XRANGE', stream, '(' .. entries[#entries][1], '+', 'COUNT', 1) == 0
  end
  return started - before, is_empty
end
-- Takes jobs of a lane until `want` run, it is empty, or enough was looked at.
local function take(lane, want)
  local got, is_empty = 0, false
  while got < want and not is_empty and looks > 0 do
    local n
    n, is_empty = take_once(lane, want - got)
    got = got + n
  end
  return got, is_empty
end
local rooms, tenant_starts = {}, {}
-- How many jobs of a tenant may start.
local function tenant_room(queue, set, tenant)
  if not set or not (set.tmost or set.trate) then return limit end
  local f = queue .. '|' .. tenant
  if not rooms[f] then
    local room = limit
    if set.tmost then
      room = math.max(0, math.min(room, set.tmost - tonumber(redis.call('HGET', base .. 'live', f) or 0)))
    end
    if set.trate and room > 0 then
      local free, after = rate_room(f, set.trate, set.tperiod, room)
      look_again(after)
      room = free
    end
    rooms[f] = room
  end
  return rooms[f]
end
-- Takes at most `want` jobs of a group of tenants, one of each in turn.
local function take_turns(group, want)
  local key, set, passed = base .. 'turns:' .. group.key, group.set, 0
  local got, is_out = 0, false
  while got < want and looks > 0 do
    local page = math.max(100, want - got)
    local names, able = redis.call('ZRANGE', key, passed, passed + page - 1), {}
    if #names == 0 then
      is_out = true
      break
    end
    for _, tenant in ipairs(names) do
      if #able < want - got and tenant_room(group.queue, set, tenant) > 0 then
        able[#able + 1] = tenant
      elseif #able < want - got then
        passed = passed + 1
      end
    end
    -- More than one of each at once only when all are in sight: so many rounds of turns they get for sure.
    local share = #names < page and #able > 0 and math.floor((want - got) / #able) or 1
    for _, tenant in ipairs(able) do
      local lane = { key = group.key .. '|' .. tenant, queue = group.queue, tenant = tenant }
      local most = math.min(math.max(1, share), want - got, tenant_room(group.queue, set, tenant))
      if most > 0 and looks > 0 then
        local n, out = take(lane, most)
        got = got + n
        if out then
          redis.call('ZREM', key, tenant)
          is_out = true
        else
          redis.call('ZADD', key, next_turn(group.key), tenant)
        end
        if set and (set.tmost or set.trate) then
          local f = group.queue .. '|' .. tenant
          rooms[f] = rooms[f] - n
          if set.trate then tenant_starts[f] = { set, (tenant_starts[f] and tenant_starts[f][2] or 0) + n } end
        end
      end
    end
    if #able == 0 then
      if #names < page then break end
      if passed >= 1000 then
        -- Very many tenants at their limit stand before those that are not: they queue up anew, soon to be passed.
        for _, tenant in ipairs(names) do redis.call('ZADD', key, next_turn(group.key), tenant) end
        look_again(20000)
        break
      end
    end
  end
  return got, is_out and redis.call('EXISTS', key) == 0
end
local queues, asked, lanes = tonumber(ARGV[4]), { '*' }, {}
for q = 1, queues do asked[q + 1] = ARGV[4 + q] end
local ntypes = tonumber(ARGV[5 + queues])
local types
if ntypes >= 0 then
  types = {}
  for i = 1, ntypes do types[ARGV[5 + queues + i]] = true end
end
local set = settings(asked, true)
-- How many jobs may start by what holds for a queue or for all.
local function room(name)
  local limits, most = set[name], limit
  if not limits then return most end
  if limits.paused then return 0 end
  if limits.most then
    local running = name == '*' and redis.call('ZCARD', base .. 'leases')
      or redis.call('HGET', base .. 'counts', name .. ' r')
    most = math.max(0, math.min(most, limits.most - tonumber(running or 0)))
  end
  if limits.rate and most > 0 then
    local free, after = rate_room(name, limits.rate, limits.period, most)
    look_again(after)
    most = free
  end
  return most
end
local function answer()
  reply[1] = again and num(again) or -1
  return reply
end
local left, before, all, known = {}, {}, 0, {}
for q = 1, queues do
  local name = asked[q + 1]
  if not left[name] then
    left[name] = room(name)
    before[name] = left[name]
    all = math.min(limit, all + left[name])
  end
end
local most = all > 0 and math.min(all, room('*')) or 0
if most <= 0 then return answer() end
for q = 1, queues do
  local queue = asked[q + 1]
  if not known[queue] and not (set[queue] and set[queue].paused) then
    known[queue] = true
    for _, member in ipairs(redis.call('ZRANGE', base .. 'lanes:' .. queue, 0, -1)) do
      local priority, type, bar = string.match(member, '^(%d+):([^|]*)(|?)$')
      if priority and (not types or types[type]) then
        lanes[#lanes + 1] = { priority = tonumber(priority), place = q, type = type, queue = queue,
                              member = member, key = lane_key(queue, priority, type), set = set[queue],
                              is_group = bar == '|' }
      end
    end
  end
end
table.sort(lanes, function(a, b)
  if a.priority ~= b.priority then return a.priority < b.priority end
  if a.place ~= b.place then return a.place < b.place end
  return a.member < b.member
end)
local function take_lane(lane, want)
  local got, is_empty
  if lane.is_group then got, is_empty = take_turns(lane, want) else got, is_empty = take(lane, want) end
  left[lane.queue] = left[lane.queue] - got
  -- Of a group that gave less than asked for, the tenants that are left are at their limits.
  lane.is_done = is_empty or lane.is_group and got < want
  if is_empty then
    redis.call('ZREM', base .. 'lanes:' .. lane.queue, lane.member)
  end
end
-- Takes until `goal` jobs run, from one band or from all of them in order.
local function take_bands(goal, band)
  local first = 1
  while first <= #lanes and started < goal do
    local last = first
    while lanes[last + 1] and lanes[last + 1].priority == lanes[first].priority
      and lanes[last + 1].place == lanes[first].place do
      last = last + 1
    end
    if not band or lanes[first].priority == band then
      -- Types of one queue and band take turns: none waits for another's backlog. The clock's microseconds pick
      -- who is first, each gets an equal share, and what is left goes to whoever has more.
      local n = last - first + 1
      local turn, share = t % n, math.ceil((goal - started) / n)
      for round = 1, 2 do
        for i = 0, n - 1 do
          local lane = lanes[first + (turn + i) % n]
          local want = math.min(round == 1 and share or limit, goal - started, left[lane.queue])
          if want > 0 and looks > 0 and not lane.is_done then take_lane(lane, want) end
        end
      end
    end
    first = last + 1
  end
end
local bands = {}
for _, lane in ipairs(lanes) do
  if bands[#bands] ~= lane.priority then bands[#bands + 1] = lane.priority end
end
if #bands > 1 then
  -- Every tenth job is for a lower band, each of them in turn, so that none starves.
  local turn = tonumber(redis.call('GET', base .. 'turn') or 0)
  local tenth = math.floor(turn / 10)
  local shares = math.floor((turn + most) / 10) - tenth
  take_bands(most - shares)
  for share = 0, shares - 1 do
    if started < most then take_bands(started + 1, bands[(tenth + share) % (#bands - 1) + 2]) end
  end
end
take_bands(most)
-- Only after something was done away with: so this comes to an end.
if looks <= 0 and started == 0 and consumed > 0 then look_again(0) end
if #bands > 1 then
  -- A write that a full server allows comes first, also when nothing was read.
  redis.call('DEL', base .. 'none')
  redis.call('INCRBY', base .. 'turn', most)
end
if started > 0 then
  redis.call('MSET', unpack(states))
  redis.call('ZADD', base .. 'leases', unpack(leases))
  total('started', started)
  if set['*'] and set['*'].rate then note_starts('*', set['*'].rate, set['*'].period, started) end
  for queue in pairs(known) do
    local limits = set[queue]
    if limits and limits.rate then
      local n = before[queue] - left[queue]
      if n > 0 then note_starts(queue, limits.rate, limits.period, n) end
    end
  end
  for f, starts in pairs(tenant_starts) do
    if starts[2] > 0 then note_starts(f, starts[1].trate, starts[1].tperiod, starts[2]) end
  end
end
write_counts()
write_wakes()
return answer()