import RoostJobs
import RoostRedis

/// Records that jobs were done which nobody cancelled, waits for or limits: most ends are of this kind.
///
/// Does what SettleScript does, in a third of the time. KEYS[1] the namespace's base. ARGV, a section for each lane: queue,
/// lane, time to live in µs, number of jobs, then id, token and result of each.
/// Returns 1 (recorded), 0 (lease lost) or 2 (nothing was done: ask SettleScript) for each.
enum DoneScript {
    static let script = ScriptPrelude.lean(
        "done",
        with: [ScriptPrelude.watching, ScriptPrelude.limits, ScriptPrelude.lanes, ScriptPrelude.groups], decide + write
    ).confirmed

    /// Which of them are plain; nothing is written.
    private static let decide = #"""
        local sections, ids, keys, args, reply = {}, {}, {}, {}, {}
        local a = 1
        while a <= #ARGV do
          local first, last = a + 4, a + 3 + 3 * ARGV[a + 3]
          sections[#sections + 1] = { queue = ARGV[a], lane = ARGV[a + 1], ttl = ARGV[a + 2], first = #ids + 1 }
          for i = first, last, 3 do
            local n = #ids + 1
            ids[n], args[n], reply[n] = ARGV[i], i, 2
            keys[n] = base .. 's:' .. ARGV[i]
          end
          sections[#sections].last = #ids
          a = last + 1
        end
        local observed = is_observed()
        if observed and redis.call('EXISTS', base .. 'recount') == 1 then return reply end
        local found = redis.call('MGET', unpack(keys))
        local wishes, watches, times = {}, {}, {}
        if redis.call('EXISTS', base .. 'cancels', base .. 'watched', base .. 'overdue') > 0 then
          wishes = redis.call('HMGET', base .. 'cancels', unpack(ids))
          watches = redis.call('HMGET', base .. 'watched', unpack(ids))
          times = redis.call('ZMSCORE', base .. 'overdue', unpack(ids))
        end
        local fin, tails, match, seen = num(t), {}, string.match, {}
        local states, done, entries = {}, {}, {}
        for _, section in ipairs(sections) do
          local till = num(t + section.ttl)
          local tail = ' ' .. fin .. ' 0 ' .. till .. ' -'
          section.till, section.entries = till, {}
          for n = section.first, section.last do
            local id, s = ids[n], found[n]
            -- The first attempt of a job, running: the state that SettleScript would take apart and put together again.
            local token, rest, entry = match(s or '', '^1 r 1 0 (%d+) (%S+ %d+) 0 0 0 (%S+)$')
            if not s then
              reply[n] = 0
            elseif token and not (seen[id] or wishes[n] or watches[n] or times[n]) then
              if token == ARGV[args[n] + 1] then
                seen[id] = true
                reply[n] = 1
                done[#done + 1] = id
                section.entries[#section.entries + 1] = entry
                states[n] = '1 d 1 0 ' .. token .. ' ' .. rest .. tail
              else
                reply[n] = 0
              end
            end
          end
        end
        if #done == 0 then return reply end

        """#

    private static let write = #"""
        -- First a write that a full server allows: it then lets the script finish, so that work drains.
        redis.call('ZREM', base .. 'leases', unpack(done))
        local texts, expiry, index, k, asked = {}, {}, {}, 0, { '*' }
        for _, section in ipairs(sections) do
          local ended = {}
          for n = section.first, section.last do
            if states[n] then
              local id = ids[n]
              k = k + 1
              texts[4 * k - 3] = keys[n]
              texts[4 * k - 2] = states[n]
              texts[4 * k - 1] = base .. 'r:' .. id
              texts[4 * k] = ARGV[args[n] + 2]
              ended[#ended + 1] = id
              if observed then
                touch(id)
                ends[#ends + 1] = { id, 'd' }
              end
            end
          end
          local count = #section.entries
          if count > 0 then
            for _, group in ipairs(groups_of(ended)) do
              local place = #index
              expiry[place + 1], expiry[place + 2] = section.till, group
              index[place + 1], index[place + 2] = 0, group
            end
            acknowledge(section.lane, section.entries)
            redis.call('HINCRBY', base .. 'counts', section.queue .. ' r', -count)
            redis.call('HINCRBY', base .. 'counts', section.queue .. ' d', count)
            asked[#asked + 1] = section.queue
          end
        end
        redis.call('MSET', unpack(texts))
        redis.call('ZADD', base .. 'expiry-groups', unpack(expiry))
        redis.call('ZADD', base .. 'ix:d', unpack(index))
        redis.call('HINCRBY', base .. 'totals', 'done', k)
        write_changes()
        -- Room under a limit is room for a claim that waits.
        for _, limits in pairs(settings(asked)) do
          if limits.limited then
            wake('q')
            break
          end
        end
        return reply
        """#
}
