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
local sections, keys, added, names, fields = {}, {}, {}, {}, {}
local a = 1
while a <= #ARGV do
  local first, last = a + 5, a + 4 + 2 * ARGV[a + 4]
  local section = { queue = ARGV[a], priority = ARGV[a + 1], type = ARGV[a + 2], first = first, last = last,
                    head = '1 ' .. ARGV[a] .. ' ' .. ARGV[a + 2] .. ' ' .. ARGV[a + 1] .. ' ' .. ARGV[a + 3] .. ' ' }
  sections[#sections + 1] = section
  if not added[section.queue] then
    added[section.queue] = 0
    names[#names + 1] = section.queue
    fields[#fields + 1] = section.queue .. ' s'
    fields[#fields + 1] = section.queue .. ' q'
  end
  added[section.queue] = added[section.queue] + ARGV[a + 4]
  for i = first, last, 2 do keys[#keys + 1] = base .. 'j:' .. ARGV[i] end
  a = last + 1
end
if redis.call('EXISTS', unpack(keys)) > 0 then return 0 end
if is_observed() and redis.call('EXISTS', base .. 'recount') == 1 then return 0 end
local set, waiting = settings(names), redis.call('HMGET', base .. 'counts', unpack(fields))
for i, queue in ipairs(names) do
  local room = set[queue] and set[queue].quota or 1000000
  if (waiting[2 * i - 1] or 0) + (waiting[2 * i] or 0) + added[queue] > room then return 0 end
end
-- A write that a full server refuses comes first: then nothing was done.
redis.call('HINCRBY', base .. 'totals', 'enqueued', #keys)
local records, index, n, observed = {}, {}, 0, is_observed()
for _, section in ipairs(sections) do
  local stream = base .. 'q:' .. lane_key(section.queue, section.priority, section.type)
  local head = section.head .. num(t)
  for i = section.first, section.last, 2 do
    local id = ARGV[i]
    n = n + 1
    records[2 * n - 1] = keys[n]
    records[2 * n] = head .. ARGV[i + 1]
    index[2 * n - 1] = 0
    index[2 * n] = id
    redis.call('XADD', stream, '*', 'id', id)
    if observed then touch(id) end
  end
  redis.call('ZADD', base .. 'lanes:' .. section.queue, section.priority, section.priority .. ':' .. section.type)
end
redis.call('MSET', unpack(records))
redis.call('ZADD', base .. 'all', unpack(index))
for queue, more in pairs(added) do redis.call('HINCRBY', base .. 'counts', queue .. ' q', more) end
write_changes()
wake('q')
return 1