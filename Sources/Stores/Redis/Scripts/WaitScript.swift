import RoostRedis

/// Why a job does not run now.
///
/// KEYS[1] the namespace's base. ARGV: id. Returns nothing for a job that ended or is not there; else the state's letter,
/// then `r`: worker, end of the lease; `s`: run at or 0, how many jobs it waits for; `q`: queue, type, jobs before it, and
/// then a list for each of what keeps it: `p` queue (paused), `c` queue, tenant or ``, limit (concurrency), `t` queue,
/// tenant or ``, when there is room again (rate).
enum WaitScript {
    static let script = ScriptPrelude.script(
        "wait", with: [StreamScript.functions],
        """
        local id = ARGV[1]
        local h, s = header(id), state(id)
        if not h or not s or is_over(s) then return {} end
        if s.st == 'r' then return { 'r', s.own, num(tonumber(redis.call('ZSCORE', base .. 'leases', id) or t)) } end
        if s.st == 's' then
          local waits = redis.call('HGET', base .. 'waits', id)
          if waits and h.f then
            -- It follows a batch: for its members, or for its being closed.
            local b = redis.call('HMGET', base .. 'b:' .. h.f, 'total', 'd', 'f', 'c')
            for i = 1, 4 do b[i] = tonumber(b[i] or 0) end
            waits = num(math.max(1, b[1] - b[2] - b[3] - b[4]))
          end
          return { 's', s.run, waits or '0' }
        end
        if s.st ~= 'q' then return {} end
        -- Jobs of its lane before it; a thousand are counted at most.
        local function ahead()
          local stream, n = base .. 'q:' .. h.lane, 0
          local from = '(' .. delivered(stream)
          for _ = 1, 8 do
            local entries = waiting_entries(stream, from, 250)
            for _, entry in ipairs(entries) do
              local other = entry[2][2]
              if other == id or n == 1000 then return n end
              local o = state(other)
              if o and o.st == 'q' and (o.tok ~= '0' or redis.call('EXISTS', base .. 'j:' .. other) == 1) then n = n + 1 end
            end
            if #entries < 250 then return n end
            from = '(' .. entries[#entries][1]
          end
          return n
        end
        local function settings(queue)
          local words = {}
          for word in string.gmatch(redis.call('HGET', base .. 'queues', queue) or '', '%S+') do
            words[#words + 1] = word
          end
          return words[1] == '1' and words or nil
        end
        local reply = { 'q', h.queue, h.type, ahead() }
        local own, all = settings(h.queue), settings('*')
        local tenant = h.t
        if own and own[2] == '1' then reply[#reply + 1] = { 'p', h.queue } end
        if all and all[2] == '1' then reply[#reply + 1] = { 'p', '*' } end
        local function busy(queue, of, limit, running)
          if limit ~= '-' and tonumber(running or 0) >= tonumber(limit) then
            reply[#reply + 1] = { 'c', queue, of or '', limit }
          end
        end
        if own then busy(h.queue, nil, own[3], redis.call('HGET', base .. 'counts', h.queue .. ' r')) end
        if all then busy('*', nil, all[3], redis.call('ZCARD', base .. 'leases')) end
        if own and tenant then
          busy(h.queue, tenant, own[6], redis.call('HGET', base .. 'live', h.queue .. '|' .. tenant))
        end
        local function rate(queue, of, most, period)
          if most == '-' then return end
          -- Newest first: when as many as may have started, the last of them leaves the window next.
          local start = redis.call('LINDEX', base .. 'rate:' .. queue .. (of and '|' .. of or ''), tonumber(most) - 1)
          local free = start and tonumber(start) + tonumber(period)
          if free and free > t then reply[#reply + 1] = { 't', queue, of or '', num(free) } end
        end
        if own then rate(h.queue, nil, own[4], own[5]) end
        if all then rate('*', nil, all[4], all[5]) end
        if own and tenant then rate(h.queue, tenant, own[7], own[8]) end
        return reply
        """)
}
