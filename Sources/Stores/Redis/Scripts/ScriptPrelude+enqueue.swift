import RoostJobs

extension ScriptPrelude {
    /// Accepting jobs, in two steps: `plan_job` decides and writes nothing, `write_job` writes. After `lanes`, `ends`, `beginning` and
    /// `limits`.
    static let enqueue = #"""
        local REPLACED, LOST = '\#(ErrorText.replaced)', '\#(ErrorText.parent)'
        local QUOTA, MEMBERS = \#(JobLimits.queueQuota), \#(JobLimits.batchMembers)
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
        -- Whether a job is there that `look` could not read: of a later release, perhaps.
        local function is_unread(id) return seen[id] == false and redis.call('EXISTS', base .. 'j:' .. id) == 1 end
        -- Who keeps others with a unique key away.
        local function keeper(key)
          local kept = keys[key] or redis.call('GET', base .. 'k:' .. string.sub(key, 2))
          if not kept then return nil end
          local id, till = string.match(kept, '^(%S+) ?(%d*)$')
          local job, letter = look(id)
          if letter == 'f' or letter == 'c' then return nil end
          if till ~= '' then return tonumber(till) > t and id or nil, job, letter end
          return (job or is_unread(id)) and id, job, letter
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
          plan.needs = {}
          for parent in string.gmatch(job.P, '[^,]+') do
            local known, letter = look(parent)
            if known then plan.needs[parent] = known.s end
            if letter == 's' or letter == 'q' or letter == 'r' or not letter and is_unread(parent) then
              waits[#waits + 1] = parent
              plan.needs[parent] = plan.needs[parent] or parse_state(nil)
            elseif letter ~= 'd' and not job.e then
              plan.lost = plan.lost or parent
            end
          end
          if #waits > 0 and not plan.lost then plan.waits = waits end
        end
        -- Decides about one job; returns its reply.
        local function plan_job(job, exists)
          if (exists or seen[job.id]) and (look(job.id) or is_unread(job.id)) then return '' end
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
        -- Those of its parents that are there are kept until the job has ended.
        local function need_parents(plan)
          for parent, s in pairs(plan.needs) do need(plan.id, parent, s) end
          redis.call('HSET', base .. 'watched', plan.id, '- 2')
          rare = true
        end
        local function write_job(plan, index, due)
          local job, h, s, id = plan.job, plan.h, plan.s, plan.id
          if plan.old then
            -- The same id once before, and its time over.
            purge(id, plan.old.h, plan.old.s)
            empty_trash()
          end
          local record, text = plan.line .. job.payload, s.st == 's' and format_state(s)
          if text and takes_state(record) then
            record = joined(text, nil, record)
          elseif text then
            redis.call('SET', base .. 's:' .. id, text)
          end
          redis.call('SET', base .. 'j:' .. id, record)
          add_terms(id, h)
          index[#index + 1] = 0
          index[#index + 1] = id
          if s.st ~= 's' then
            add_to_lane(h.queue, h.priority, h.type, h.tenant, id)
            wakes.q = true
          end
          count(h.queue, s.st, 1, id)
          if job.P then redis.call('SET', base .. 'parents:' .. id, (string.gsub(job.P, ',', ' '))) end
          if job.P and not plan.lost then need_parents(plan) end
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
            redis.call('HSET', base .. 'watched', id, job.b .. (plan.needs and ' 2' or ' 0'))
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
                local b = redis.call('HMGET', base .. 'b:' .. job.b, 'open', 'total', 'exp')
                members[job.b] = b[1] == '1' and tonumber(b[3] or 0) > t and tonumber(b[2] or 0)
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
          begin(#accepted)
          for _, plan in ipairs(accepted) do write_job(plan, index, due) end
          if #index > 0 then redis.call('ZADD', base .. 'all', unpack(index)) end
          for key, kept in pairs(keys) do redis.call('SET', base .. 'k:' .. string.sub(key, 2), kept) end
          for key, request in pairs(requests) do
            redis.call('SET', base .. 'idem:' .. key, request, 'PX', \#(IdempotencyKey.lifetime.clampedMilliseconds))
          end
          for _, job in ipairs(moving) do
            if not job.job then write_state(job.id, job.s) end
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

        """#
}
