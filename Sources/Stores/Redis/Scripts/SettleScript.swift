import RoostRedis

/// Records how attempts ended, each checked against its token.
///
/// KEYS[1] the namespace's base. ARGV, eight for each: id, token, outcome (`d` done, `f` failed, `c` cancelled, `y` retry,
/// `b` released, `z` snoozed), queue, priority, type, µs (time
/// to live for d f c, delay for y z), bytes (result or error).
/// Returns 1 (recorded, now or by an earlier call) or 0 (lease lost) for each.
enum SettleScript {
    static let script = ScriptPrelude.script(
        "settle",
        """
        local t = now()
        local n = #ARGV / 8
        local keys = {}
        for i = 1, n do keys[i] = base .. 's:' .. ARGV[i * 8 - 7] end
        local found = redis.call('MGET', unpack(keys))
        local reply, states, acks, leases, expiry = {}, {}, {}, {}, {}
        local index, due, texts, again, done, failed, retried, queued = {}, {}, {}, {}, 0, 0, 0, false
        local seen = {}
        for i = 1, n do
          local a = i * 8 - 7
          local id, token, outcome, queue, priority, type = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], ARGV[a + 5]
          local span, bytes = tonumber(ARGV[a + 6]), ARGV[a + 7]
          local s = found[i] and parse_state(found[i])
          if not s or s.tok ~= token then
            reply[i] = 0
          elseif s.st ~= 'r' or seen[id] then
            -- The same ticket again: the first call was recorded and its reply lost.
            reply[i] = 1
          else
            reply[i] = 1
            seen[id] = true
            local lane = lane_key(queue, priority, type)
            acks[lane] = acks[lane] or {}
            table.insert(acks[lane], s.ent)
            leases[#leases + 1] = id
            s.ent = '-'
            count(queue, 'r', -1)
            if outcome == 'd' or outcome == 'f' or outcome == 'c' then
              s.st, s.fin, s.exp = outcome, num(t), num(t + span)
              expiry[#expiry + 1] = s.exp
              expiry[#expiry + 1] = id
              index[outcome] = index[outcome] or {}
              table.insert(index[outcome], 0)
              table.insert(index[outcome], id)
              count(queue, outcome, 1)
              if outcome == 'd' then
                done = done + 1
                texts[#texts + 1] = base .. 'r:' .. id
                texts[#texts + 1] = bytes
                if s.at > 1 then redis.call('DEL', base .. 'e:' .. id) end
              else
                if outcome == 'f' then failed = failed + 1 end
                texts[#texts + 1] = base .. 'e:' .. id
                texts[#texts + 1] = bytes
              end
            else
              if outcome == 'y' then
                retried = retried + 1
                texts[#texts + 1] = base .. 'e:' .. id
                texts[#texts + 1] = bytes
              else
                s.at = s.at - 1
              end
              if outcome ~= 'b' and span > 0 then
                s.st, s.run = 's', num(t + span)
                due[#due + 1] = s.run
                due[#due + 1] = id
                count(queue, 's', 1)
              else
                s.st = 'q'
                again[#again + 1] = { queue, priority, type, id }
                count(queue, 'q', 1)
                queued = true
              end
            end
            states[#states + 1] = keys[i]
            states[#states + 1] = format_state(s)
          end
        end
        if #leases == 0 then return reply end
        -- First a write that a full server allows: it then lets the script finish, so that work drains.
        redis.call('ZREM', base .. 'leases', unpack(leases))
        redis.call('MSET', unpack(states))
        if #texts > 0 then redis.call('MSET', unpack(texts)) end
        for _, job in ipairs(again) do add_to_lane(job[1], job[2], job[3], job[4]) end
        if #expiry > 0 then redis.call('ZADD', base .. 'expiry', unpack(expiry)) end
        for outcome, members in pairs(index) do redis.call('ZADD', base .. 'ix:' .. outcome, unpack(members)) end
        if #due > 0 then redis.call('ZADD', base .. 'scheduled', unpack(due)) end
        for lane, entries in pairs(acks) do acknowledge(lane, entries) end
        write_counts()
        total('done', done)
        total('failed', failed)
        total('retried', retried)
        if queued then wake('q') end
        if #due > 0 then wake('s') end
        return reply
        """)
}
