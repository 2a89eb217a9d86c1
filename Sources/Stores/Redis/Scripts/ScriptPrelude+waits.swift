extension ScriptPrelude {
    /// What keeps jobs from running. After `StreamScript.functions`.
    static let waits = #"""
        local lines, texts = {}, {}
        -- The next page of the entries of a lane that wait. One job alone is mostly near the front, or far from it; several are
        -- that many places to look at.
        local function turn_page(line)
          local most = line.pages == 0 and math.min(100, 10 * #ARGV) or 250
          local entries, keys = waiting_entries(line.stream, line.from, most), {}
          line.ids, line.at = {}, 1
          for i, entry in ipairs(entries) do
            line.ids[i] = entry[2][2]
            keys[i] = base .. 's:' .. line.ids[i]
          end
          if #keys > 0 then
            line.known, line.states = redis.call('ZMSCORE', base .. 'all', unpack(line.ids)), redis.call('MGET', unpack(keys))
            line.from = '(' .. entries[#entries][1]
          end
          line.pages = line.pages + 1
          line.is_last = #entries < most or line.pages == 8
        end
        -- How many queued jobs of its lane are before a job, a thousand are counted at most. Asked for several jobs of a lane,
        -- it looks at each entry once, and never farther than it must.
        local function place(lane, id)
          local stream, line = base .. 'q:' .. lane, lines[lane]
          if not line then
            line = { n = 0, pages = 0, stream = stream, from = '(' .. delivered(stream), ids = {}, at = 1 }
            lines[lane] = line
          end
          while not line[id] and line.n < 1000 do
            local at = line.at
            local other = line.ids[at]
            if other then
              -- No state: queued and never claimed.
              local state = line.known[at] and (line.states[at] or state_within(other))
              if line.known[at] and not line[other] and (not state or string.find(state, '^[12] q ')) then
                line[other] = line.n
                line.n = line.n + 1
              end
              line.at = at + 1
            elseif line.is_last then
              break
            else
              turn_page(line)
            end
          end
          return line[id] or line.n
        end
        local function words(text)
          local words = {}
          for word in string.gmatch(text or '', '%S+') do words[#words + 1] = word end
          return words[1] == '1' and words or false
        end
        -- The settings of a queue and those of all.
        local function settings_of(queue)
          if not texts[queue] then
            local found = redis.call('HMGET', base .. 'queues', queue, '*')
            texts[queue] = { words(found[1]), words(found[2]) }
          end
          return texts[queue][1], texts[queue][2]
        end
        -- See WaitScript for what it returns.
        local function waits_of(id, h, s)
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
          local reply = { 'q', h.queue, h.type, place(h.lane, id) }
          local own, all = settings_of(h.queue)
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
        end

        """#
}
