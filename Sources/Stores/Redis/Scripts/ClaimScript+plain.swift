extension ClaimScript {
    /// The last three digits of the tokens of a call.
    private static let digits = (0...500).map { number in
        let text = String(number)
        return String(repeating: "0", count: 3 - text.count) + text
    }.joined()

    /// Most claims: one lane has something to deliver, no queue has settings, nobody watches, and its next jobs were never
    /// claimed and have no time limit. They are handed out by what is made of this part alone, or nothing is done but to read
    /// entries, which the rest then takes.
    ///
    /// It stands before the functions of the others, so that a claim that ends here does not make them.
    static let plain = #"""
        local worker, limit, lease, nqueues = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        -- The lane of which entries were read, and those.
        local read_key, read_entries
        -- Nobody watches or counts anew, and nothing is set for these queues. Mostly one look.
        local function is_nothing_special()
          if redis.call('EXISTS', base .. 'queues', base .. 'recount', base .. 'watching', base .. 'feed') == 0 then
            return true
          end
          if redis.call('EXISTS', base .. 'recount', base .. 'watching', base .. 'feed') > 0 then return false end
          for _, text in ipairs(redis.call('HMGET', base .. 'queues', '*', unpack(ARGV, 5, 4 + nqueues))) do
            if text then return false end
          end
          return true
        end
        -- The only lane that is listed: nil none, false there are more or it is one of tenants.
        local function only_lane()
          local found
          for q = 1, nqueues do
            local queue = ARGV[4 + q]
            for _, member in ipairs(redis.call('ZRANGE', base .. 'lanes:' .. queue, 0, 1)) do
              if found then return false end
              local priority, type = string.match(member, '^(%d+):([^|]*)$')
              if not priority then return false end
              found = { queue = queue, member = member, type = type, key = lane_key(queue, priority, type) }
            end
          end
          return found
        end
        local function is_asked_for(type)
          local ntypes = tonumber(ARGV[5 + nqueues])
          for i = 6 + nqueues, 5 + nqueues + ntypes do
            if ARGV[i] == type then return true end
          end
          return ntypes < 0
        end
        -- Tokens of one call are a block of numbers that nobody has, all after the last number given out so far, also where
        -- processes of an earlier release count on one by one. Their last three digits are cut from a text, which
        -- costs less than to print numbers.
        local digits = '\#(digits)'
        local function new_block() return num(math.floor((redis.call('INCRBY', base .. 'fence', 2000) - 999) / 1000)) end
        -- New entries of a lane, at most so many; its group is made if it is missing.
        local function read_lane(key, most)
          local stream = base .. 'q:' .. key
          local function read()
            return redis.pcall('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', most, 'STREAMS', stream, '>')
          end
          local reply = read()
          if reply and reply.err and string.find(reply.err, 'NOGROUP') then
            redis.call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
            redis.call('SADD', base .. 'streams', key)
            reply = read()
          end
          if reply and reply.err then error(reply.err) end
          return reply and reply[1] and reply[1][2] or {}
        end
        local function claim_plain()
          if not is_nothing_special() then return end
          local lane = limit > 0 and only_lane()
          if lane == nil then return { -1 } end
          if not lane then return end
          if not is_asked_for(lane.type) then return { -1 } end
          local entries = read_lane(lane.key, limit)
          if #entries == 0 then return end
          read_key, read_entries = lane.key, entries
          local n, keys = #entries, {}
          local record_of, state_of = base .. 'j:', base .. 's:'
          for i = 1, n do keys[i] = record_of .. entries[i][2][2] end
          keys[n + 1] = base .. 'layout'
          local found, byte = redis.call('MGET', unpack(keys)), string.byte
          -- Records that do not take their states in, and the keys of those.
          local takes, apart, away = found[n + 1] == '3', {}, {}
          for i = 1, n do
            local record = found[i]
            -- 49 is the first format's version, 32 a space: only records of the second may have a time limit, those of the third
            -- have a state, and those of a later one are left alone.
            if not record or byte(record) ~= 49 or byte(record, 2) ~= 32 then return end
            if not takes or #record > \#(ScriptPrelude.small.record) then
              away[#away + 1] = state_of .. entries[i][2][2]
              apart[i] = away[#away]
            end
          end
          if #away > 0 then
            for _, state in ipairs(redis.call('MGET', unpack(away))) do
              if state then return end
            end
          end
          local block, rest = new_block(), ' ' .. worker .. ' ' .. num(t) .. ' 0 0 0 '
          local state, before = '1 r 1 0 ' .. block, '3 r 1 0 ' .. block
          local till, leases, texts, jobs, sub = num(t + lease), {}, {}, {}, string.sub
          for i = 1, n do
            local entry, record, here, there = entries[i], found[i], 2 * i - 1, 2 * i
            local id, last = entry[2][2], sub(digits, 3 * i + 1, 3 * i + 3)
            if apart[i] then
              texts[here], texts[there] = apart[i], state .. last .. rest .. entry[1]
            else
              texts[here], texts[there] = keys[i], before .. last .. rest .. entry[1] .. '\n' .. record
            end
            leases[here], leases[there] = till, id
            jobs[here], jobs[there] = record, id
          end
          -- Fewer of them when one is in its lane twice.
          if redis.call('ZADD', base .. 'leases', unpack(leases)) < n then return end
          redis.call('MSET', unpack(texts))
          redis.call('HINCRBY', base .. 'counts', lane.queue .. ' q', -n)
          redis.call('HINCRBY', base .. 'counts', lane.queue .. ' r', n)
          redis.call('HINCRBY', base .. 'totals', 'started', n)
          if n < limit or #redis.call('XRANGE', base .. 'q:' .. lane.key, '(' .. entries[n][1], '+', 'COUNT', 1) == 0 then
            redis.call('ZREM', base .. 'lanes:' .. lane.queue, lane.member)
          end
          return { -1, state .. '000' .. rest .. '-', jobs }
        end
        local claimed = claim_plain()
        if claimed then return claimed end

        """#
}
