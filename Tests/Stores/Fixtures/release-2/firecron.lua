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
local searchable = {}
-- Whether a queue's jobs are put into the index: the tenth word of its settings is 0 where they are not.
local function is_searchable(queue)
  if searchable[queue] == nil then
    local text = redis.call('HGET', base .. 'queues', queue) or ''
    searchable[queue] = select(2, string.gsub(text, '%S+', '')) < 10 or string.sub(text, -2) ~= ' 0'
  end
  return searchable[queue]
end
local function add_terms(id, h)
  for _, word in ipairs(terms_of(h)) do redis.call('ZADD', base .. 't:' .. word, 0, id) end
end
local REPLACED, LOST = 'replaced by ', 'a job it waits for failed or is gone: '
local QUOTA, MEMBERS = 1000000, 10000
-- The jobs from ARGV[first] on, ten arguments each: see EnqueueScript.
local function read_jobs(first)
  local jobs = {}
  for a = first, #ARGV, 10 do
    local job = { id = ARGV[a], queue = ARGV[a + 1], type = ARGV[a + 2], priority = ARGV[a + 3],
                  when = ARGV[a + 4], key = ARGV[a + 5], max = ARGV[a + 6], spans = ARGV[a + 7],
                  payload = ARGV[a + 8] }
    if ARGV[a + 9] ~= '' then
      for letter, value in string.gmatch(ARGV[a + 9], '(%a)=(%S+)') do job[letter] = value end
    end
    jobs[#jobs + 1] = job
  end
  return jobs
end
-- `+µs` from now or `@µs` since 1970, as a number and as text.
local function moment(when)
  local digits = string.sub(when, 2)
  if string.sub(when, 1, 1) == '+' then digits = num(t + tonumber(digits)) end
  return tonumber(digits), digits
end
-- The line before the payload, and what of it later steps need.
local function make_header(job)
  local h = { queue = job.queue, type = job.type, priority = job.priority, key = job.key, inserted = t,
              ttl = tonumber(string.match(job.spans, '%d+$')), tenant = job.t }
  local fields = {}
  local function field(letter, value)
    if value then
      fields[#fields + 1] = letter .. '=' .. value
      h[letter] = value
    end
  end
  field('t', job.t)
  field('g', job.g)
  field('s', job.s)
  field('y', (job.g or job.s) and is_searchable(job.queue) and '1')
  field('w', job.w)
  field('r', job.r)
  if job.x then field('x', select(2, moment(job.x))) end
  if job.d then field('d', select(2, moment(job.d))) end
  field('b', job.b)
  field('p', job.P and '1')
  field('e', job.e)
  field('f', job.H)
  local rare = table.concat(fields, ';')
  return h, (rare == '' and '1 ' or '2 ') .. job.queue .. ' ' .. job.type .. ' ' .. job.priority .. ' ' .. job.max ..
    ' ' .. num(t) .. ' ' .. job.spans .. ' ' .. job.key .. (rare == '' and '' or ' ' .. rare) .. '\n'
end
-- Jobs as they will be once what is planned was written; those nobody needs to know are not read.
local seen, keys, requests, waiting, room, accepted, ending, moving, extended = {}, {}, {}, {}, {}, {}, {}, {}, 0
local function look(id)
  if seen[id] == nil then
    local h = header(id)
    local s = h and state(id)
    seen[id] = s and { id = id, h = h, s = s } or false
  end
  local job = seen[id]
  if not job or is_over(job.s) then return nil end
  return job, (job.ending or job.lost) and 'c' or job.s.st
end
-- Who keeps others with a unique key away.
local function keeper(key)
  local kept = keys[key] or redis.call('GET', base .. 'k:' .. string.sub(key, 2))
  if not kept then return nil end
  local id, till = string.match(kept, '^(%S+) ?(%d*)$')
  local job, letter = look(id)
  if letter == 'f' or letter == 'c' then return nil end
  if till ~= '' then return tonumber(till) > t and id or nil, job, letter end
  return job and id, job, letter
end
-- What a unique rule makes of a job: the reply, or nothing and the job to be cancelled for it.
local function plan_unique(job)
  if job.key == '-' then return nil end
  local id, holder, letter = keeper(job.key)
  if not id then return nil end
  local conflict = job.u and string.sub(job.u, 1, 1)
  if holder and conflict == 'p' and (letter == 's' or letter == 'q') then return nil, holder end
  if holder and conflict == 'e' and letter == 's' and holder.s.run ~= '0' then
    local time, text = moment(job.when == '' and '+0' or job.when)
    if time > t then
      holder.s.run = text
      moving[#moving + 1] = holder
    end
  end
  return '=' .. id
end
local function plan_parents(job, plan)
  local waits = {}
  for parent in string.gmatch(job.P, '[^,]+') do
    local _, letter = look(parent)
    if letter == 's' or letter == 'q' or letter == 'r' then
      waits[#waits + 1] = parent
    elseif letter ~= 'd' and not job.e then
      plan.lost = plan.lost or parent
    end
  end
  if #waits > 0 and not plan.lost then plan.waits = waits end
end
-- Decides about one job; returns its reply.
local function plan_job(job, exists)
  if (exists or seen[job.id]) and look(job.id) then return '' end
  local request = job.i and (requests[job.i] or redis.call('GET', base .. 'idem:' .. job.i))
  if request then
    local id, digest = string.match(request, '^(%S+) (%S+)$')
    return (digest == job.n and '~' or '#') .. id
  end
  local reply, replaced = plan_unique(job)
  if reply then return reply end
  local queue = job.queue
  -- One that is replaced makes room, and stays when there is none.
  local freed = replaced and replaced.h.queue == queue and 1 or 0
  if room[queue] and (waiting[queue] or 0) - freed >= room[queue] then return 'F' end
  if replaced then
    replaced.ending = job.id
    ending[#ending + 1] = replaced
    waiting[replaced.h.queue] = (waiting[replaced.h.queue] or 0) - 1
  end
  local s, h, line = parse_state(nil), make_header(job)
  local plan = { id = job.id, job = job, h = h, s = s, line = line, old = seen[job.id] }
  if job.when ~= '' then
    local time, text = moment(job.when)
    if time > t then s.st, s.run = 's', text end
  end
  if job.P then plan_parents(job, plan) end
  if plan.lost then s.run = '0' end
  if job.H or plan.lost or plan.waits then s.st = 's' end
  if job.key ~= '-' then
    local period = job.u and string.match(job.u, '^%a(%d+)$')
    keys[job.key] = job.id .. (period and ' ' .. num(t + tonumber(period)) or '')
  end
  if job.i then requests[job.i] = job.id .. ' ' .. job.n end
  if not plan.lost then waiting[queue] = (waiting[queue] or 0) + 1 end
  seen[job.id] = plan
  accepted[#accepted + 1] = plan
  return ''
end
-- A job waits for others: each is watched.
local function wait_for(id, parents)
  redis.call('HSET', base .. 'waits', id, #parents)
  for _, parent in ipairs(parents) do
    redis.call('SADD', base .. 'kids:' .. parent, id)
    local batch = string.match(redis.call('HGET', base .. 'watched', parent) or '-', '^%S+')
    redis.call('HSET', base .. 'watched', parent, batch .. ' 1')
  end
  rare = true
end
local function write_job(plan, index, due)
  local job, h, s, id = plan.job, plan.h, plan.s, plan.id
  if plan.old then
    -- The same id once before, and its time over.
    purge(id, plan.old.h, plan.old.s)
    empty_trash()
  end
  redis.call('SET', base .. 'j:' .. id, plan.line .. job.payload)
  add_terms(id, h)
  index[#index + 1] = 0
  index[#index + 1] = id
  if s.st == 's' then
    redis.call('SET', base .. 's:' .. id, format_state(s))
  else
    add_to_lane(h.queue, h.priority, h.type, h.tenant, id)
    wakes.q = true
  end
  count(h.queue, s.st, 1, id)
  if job.P then redis.call('SET', base .. 'parents:' .. id, (string.gsub(job.P, ',', ' '))) end
  if plan.waits then
    wait_for(id, plan.waits)
  elseif job.H then
    redis.call('HSET', base .. 'waits', id, 1)
  elseif s.run ~= '0' then
    due[#due + 1] = s.run
    due[#due + 1] = id
  end
  if job.b then
    redis.call('HINCRBY', base .. 'b:' .. job.b, 'total', 1)
    redis.call('RPUSH', base .. 'bm:' .. job.b, id)
    redis.call('HSET', base .. 'watched', id, job.b .. ' 0')
    rare = true
  end
  if h.x or h.d then
    watch_time(id, h, s)
    rare = true
  end
  if plan.lost then finish(id, h, s, 'c', LOST .. plan.lost) end
end
-- Batches of the jobs that take no more members: their letter by the number of the call they came with.
local function closed_batches(jobs)
  local refused, members, added = {}, {}, {}
  for _, job in ipairs(jobs) do
    if job.b then
      if members[job.b] == nil then
        local b = redis.call('HMGET', base .. 'b:' .. job.b, 'open', 'total')
        members[job.b] = b[1] == '1' and tonumber(b[2] or 0)
      end
      added[job.b] = (added[job.b] or 0) + 1
      if not members[job.b] then
        refused[job.c] = 'B'
      elseif members[job.b] + added[job.b] > MEMBERS then
        refused[job.c] = refused[job.c] or 'M'
      end
    end
  end
  return refused
end
-- Accepts the jobs from ARGV[first] to the last; returns a reply for each, as EnqueueScript says.
local function enqueue_jobs(first, ignore_quota)
  local jobs = read_jobs(first)
  if #jobs == 0 then return {} end
  local records, queues, fields, refused = {}, {}, {}, closed_batches(jobs)
  for i, job in ipairs(jobs) do
    records[i] = base .. 'j:' .. job.id
    if not waiting[job.queue] then
      waiting[job.queue] = 0
      queues[#queues + 1] = job.queue
      fields[#fields + 1] = job.queue .. ' s'
      fields[#fields + 1] = job.queue .. ' q'
    end
  end
  local existing = redis.call('MGET', unpack(records))
  if not ignore_quota then
    local set, counts = settings(queues), redis.call('HMGET', base .. 'counts', unpack(fields))
    for i, queue in ipairs(queues) do
      waiting[queue] = tonumber(counts[2 * i - 1] or 0) + tonumber(counts[2 * i] or 0)
      room[queue] = set[queue] and set[queue].quota or QUOTA
    end
  end
  local replies = {}
  for i, job in ipairs(jobs) do
    replies[i] = job.c and refused[job.c] or plan_job(job, existing[i])
  end
  local index, due = {}, {}
  -- A write that a full server refuses comes first: then nothing was done.
  total('enqueued', #accepted)
  for _, plan in ipairs(accepted) do write_job(plan, index, due) end
  if #index > 0 then redis.call('ZADD', base .. 'all', unpack(index)) end
  for key, kept in pairs(keys) do redis.call('SET', base .. 'k:' .. string.sub(key, 2), kept) end
  for key, request in pairs(requests) do
    redis.call('SET', base .. 'idem:' .. key, request, 'PX', 86400000)
  end
  for _, job in ipairs(moving) do
    if not job.job then redis.call('SET', base .. 's:' .. job.id, format_state(job.s)) end
    touch(job.id)
    -- One that waits for others is put into the schedule when they let it go.
    if not job.waits and redis.call('HEXISTS', base .. 'waits', job.id) == 0 then
      due[#due + 1] = job.s.run
      due[#due + 1] = job.id
    end
  end
  if #due > 0 then
    redis.call('ZADD', base .. 'scheduled', unpack(due))
    wakes.s = true
  end
  for _, job in ipairs(ending) do finish(job.id, job.h, job.s, 'c', REPLACED .. job.ending) end
  write_counts()
  write_wakes()
  return replies
end
local name = ARGV[1]
local slot = redis.call('ZSCORE', base .. 'slots', name)
if not slot or tonumber(slot) ~= tonumber(ARGV[2]) then return 0 end
-- First what a full server refuses: then the slot is still to be fired.
redis.call('HSET', base .. 'lastslots', name, ARGV[2])
enqueue_jobs(4, true)
if ARGV[3] == '' then
  redis.call('ZREM', base .. 'slots', name)
else
  redis.call('ZADD', base .. 'slots', ARGV[3], name)
end
wake('s')
return 1