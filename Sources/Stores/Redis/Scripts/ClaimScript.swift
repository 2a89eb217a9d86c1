import RoostRedis

/// Hands out queued jobs, lane by lane in order of priority, then of the queues as asked.
///
/// KEYS[1] the namespace's base. ARGV: worker, limit, lease in µs, number of queues, the queues, number of types or
/// `-1` for any, the types. Returns id, record, state and the last error
/// or `` for each claim.
enum ClaimScript {
    static let script = ScriptPrelude.script(
        "claim",
        """
        local worker, limit, lease, queues = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        local ntypes = tonumber(ARGV[5 + queues])
        local types
        if ntypes >= 0 then
          types = {}
          for i = 1, ntypes do types[ARGV[5 + queues + i]] = true end
        end
        local lanes = {}
        for q = 1, queues do
          local queue = ARGV[4 + q]
          local members = redis.call('ZRANGE', base .. 'lanes:' .. queue, 0, -1)
          for _, member in ipairs(members) do
            local priority, type = string.match(member, '^(%d+):(.*)$')
            if not types or types[type] then
              lanes[#lanes + 1] = { tonumber(priority), q, type, queue, member }
            end
          end
        end
        table.sort(lanes, function(a, b)
          if a[1] ~= b[1] then return a[1] < b[1] end
          if a[2] ~= b[2] then return a[2] < b[2] end
          return a[3] < b[3]
        end)
        local t = now()
        local reply, states, leases, started = {}, {}, {}, 0
        local token
        -- Claims at most `want` jobs of one lane.
        local function take(lane, want)
          local queue, key = lane[4], lane_key(lane[4], lane[1], lane[3])
          local stream = base .. 'q:' .. key
          local read = redis.pcall('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', want, 'STREAMS', stream, '>')
          if read and read.err then
            if not string.find(read.err, 'NOGROUP') then error(read.err) end
            redis.call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
            redis.call('SADD', base .. 'streams', key)
            read = redis.call('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', want, 'STREAMS', stream, '>')
          end
          local entries = read and read[1] and read[1][2] or {}
          if #entries < want then
            redis.call('ZREM', base .. 'lanes:' .. queue, lane[5])
            lane.empty = true
          end
          if #entries == 0 then return end
          token = token or redis.call('INCRBY', base .. 'fence', limit) - limit
          local keys, ghosts, here = {}, {}, 0
          for i, entry in ipairs(entries) do
            keys[2 * i - 1] = base .. 'j:' .. entry[2][2]
            keys[2 * i] = base .. 's:' .. entry[2][2]
          end
          local found = redis.call('MGET', unpack(keys))
          for i, entry in ipairs(entries) do
            local id, record, s = entry[2][2], found[2 * i - 1], parse_state(found[2 * i])
            if not record or not s or s.st ~= 'q' then
              -- Deleted, cancelled, or put into its lane twice: nothing to run.
              ghosts[#ghosts + 1] = entry[1]
            else
              started = started + 1
              here = here + 1
              s.st, s.at, s.tok, s.own = 'r', s.at + 1, num(token + started), worker
              s.sta, s.run, s.ent = num(t), '0', entry[1]
              local state = format_state(s)
              local last = s.at > 1 and redis.call('GET', base .. 'e:' .. id) or ''
              states[#states + 1] = keys[2 * i]
              states[#states + 1] = state
              leases[#leases + 1] = num(t + lease)
              leases[#leases + 1] = id
              reply[#reply + 1] = id
              reply[#reply + 1] = record
              reply[#reply + 1] = state
              reply[#reply + 1] = last
            end
          end
          count(queue, 'q', -here)
          count(queue, 'r', here)
          if #ghosts > 0 then acknowledge(key, ghosts) end
        end
        local first = 1
        while first <= #lanes and started < limit do
          local last = first
          while lanes[last + 1] and lanes[last + 1][1] == lanes[first][1] and lanes[last + 1][2] == lanes[first][2] do
            last = last + 1
          end
          -- Types of one queue and band take turns: none waits for another's backlog. The clock's microseconds pick who
          -- is first, each gets an equal share, and what is left goes to whoever has more.
          local n = last - first + 1
          local turn, share = t % n, math.ceil((limit - started) / n)
          for round = 1, 2 do
            for i = 0, n - 1 do
              local lane = lanes[first + (turn + i) % n]
              local want = math.min(round == 1 and share or limit, limit - started)
              if want > 0 and not lane.empty then take(lane, want) end
            end
          end
          first = last + 1
        end
        if started > 0 then
          redis.call('MSET', unpack(states))
          redis.call('ZADD', base .. 'leases', unpack(leases))
          write_counts()
          total('started', started)
        end
        return reply
        """)
}
