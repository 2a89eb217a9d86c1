import RoostRedis

/// Accepts jobs.
///
/// KEYS[1] the namespace's base. ARGV, nine for each job: id, queue, type, priority, when (`` now, `+µs` from now,
/// `@µs` since 1970), `=` and the unique key or `-`, max_attempts, `timeout result_ttl` in µs, payload.
/// Returns for each job `` (accepted), or the id of the job that holds its key.
enum EnqueueScript {
    static let script = ScriptPrelude.script(
        "enqueue",
        """
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
            ' ' .. num(t) .. ' ' .. ARGV[a + 7] .. ' ' .. ARGV[a + 5] .. '\\n' .. ARGV[a + 8])
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
        """)
}
