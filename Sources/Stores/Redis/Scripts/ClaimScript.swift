import RoostRedis

/// Hands out queued jobs, lane by lane in order of priority, then of the queues as asked, as far as limits allow.
///
/// KEYS[1] the namespace's base. ARGV: worker, limit, lease in µs, number of queues, the queues, number of types or
/// `-1` for any, the types. Returns the µs after which to look again although nothing happened (0: at once, -1: never),
/// then id, record, state and the last error or `` for each claim; or, where all have the same state, that state but for the
/// entry, and a list of record and id for each.
enum ClaimScript {
    static let script = ScriptPrelude.script(
        "claim", first: plain, with: [ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.limits, take, turns], body)

    private static let body = #"""
        local queues, asked, lanes = nqueues, { '*' }, {}
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
        put_back()
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
        """#
}
