import RoostJobs
import RoostRedis

/// Records that jobs were done which nobody cancelled, waits for or limits: most ends are of this kind.
///
/// Does what SettleScript does, in a third of the time. KEYS[1] the namespace's base. ARGV, a section for each lane: queue,
/// lane, time to live in µs, `1` if their records may be small, number of jobs, then id, token and result of each.
/// Returns 1 (recorded), 0 (lease lost) or 2 (nothing was done: ask SettleScript) for each, or one such number for all.
enum DoneScript {
    static let script = ScriptPrelude.lean(
        "done",
        with: [ScriptPrelude.watching, ScriptPrelude.limits, ScriptPrelude.lanes, ScriptPrelude.groups], decide + write
    ).confirmed

    /// Which of them are plain; nothing is written.
    private static let decide = #"""
        local sections, keys, n, a = {}, {}, 0, 1
        while a <= #ARGV do
          local first, last, place = a + 5, a + 4 + 3 * ARGV[a + 4], base .. (ARGV[a + 3] == '1' and 'j:' or 's:')
          sections[#sections + 1] = { queue = ARGV[a], lane = ARGV[a + 1], ttl = ARGV[a + 2], first = first, last = last }
          for i = first, last, 3 do
            n = n + 1
            keys[n] = place .. ARGV[i]
          end
          a = last + 1
        end
        local wishes, watches, times = {}, {}, {}
        -- One look whether there is anything that few jobs have.
        local is_rare = redis.call('EXISTS', base .. 'cancels', base .. 'watched', base .. 'overdue', base .. 'queues',
          base .. 'recount', base .. 'watching', base .. 'feed') > 0
        if is_rare then
          if is_observed() and redis.call('EXISTS', base .. 'recount') == 1 then return 2 end
          local ids = {}
          for _, section in ipairs(sections) do
            for i = section.first, section.last, 3 do ids[#ids + 1] = ARGV[i] end
          end
          wishes = redis.call('HMGET', base .. 'cancels', unpack(ids))
          watches = redis.call('HMGET', base .. 'watched', unpack(ids))
          times = redis.call('ZMSCORE', base .. 'overdue', unpack(ids))
        end
        local found, byte = redis.call('MGET', unpack(keys)), string.byte
        -- A record that has no state before it has none, or in a key of its own. 51 is the third format's version.
        local apart, away = {}, {}
        for i = 1, n do
          if found[i] and byte(found[i]) ~= 51 and byte(keys[i], #base + 1) == 106 then
            keys[i] = base .. 's:' .. string.sub(keys[i], #base + 3)
            apart[#apart + 1], away[#away + 1] = i, keys[i]
          end
        end
        if #away > 0 then
          for i, text in ipairs(redis.call('MGET', unpack(away))) do found[apart[i]] = text end
        end
        local argv, fin, match, find, sub, seen = ARGV, num(t), string.match, string.find, string.sub, {}
        local done, texts, k, m, reply, sizes = {}, {}, 0, 0, nil, {}
        local result_of = base .. 'r:'
        n = 0
        for _, section in ipairs(sections) do
          section.till, section.from = num(t + section.ttl), k + 1
          local tail, entries = ' ' .. fin .. ' 0 ' .. section.till .. ' -', {}
          -- Jobs of one claim have the same state but for its token and entry: what is between them is taken apart once, and
          -- put together as SettleScript would.
          local rest, ended = '', ''
          for i = section.first, section.last, 3 do
            n = n + 1
            local id, token, s = argv[i], argv[i + 1], found[n]
            local version = s and byte(s)
            local answer, is_within, from = s and 1 or 0, version == 51, 9 + #token
            -- Comparing in place: the server's Lua hashes each byte of a string that is cut out.
            if s and (rest == '' or version == 50 or find(s, ' r 1 0 ', 2, true) ~= 2 or find(s, token, 9, true) ~= 9
                      or find(s, rest, from, true) ~= from) then
              local held, owner, after = match(s, '^[13] r 1 0 (%d+)( %S+ %d+) 0 0 0 [^ \n]+()')
              -- A line of more fields is not one of a first attempt.
              if held and (is_within and byte(s, after) ~= 10 or not is_within and after <= #s) then held = nil end
              if held == token then
                rest, ended = owner .. ' 0 0 0 ', owner .. tail
              else
                answer = held and 0 or 2
              end
            end
            if answer == 1 and (seen[id] or wishes[n] or watches[n] or times[n]) then answer = 2 end
            if answer == 1 then
              k = k + 1
              seen[id], done[k] = true, id
              local result = argv[i + 2]
              local line = is_within and find(s, '\n', from + #rest, true) or #s + 1
              entries[#entries + 1] = sub(s, from + #rest, line - 1)
              local is_small = is_within and #result <= \#(ScriptPrelude.small.result)
              texts[m + 1] = keys[n]
              if is_small then
                local size = sizes[#result] or ' ' .. #result .. '\n'
                sizes[#result] = size
                texts[m + 2] = '3 d 1 0 ' .. token .. ended .. size .. result .. sub(s, line + 1)
                m = m + 2
              else
                texts[m + 2] = (is_within and '3 d 1 0 ' or '1 d 1 0 ') .. token .. ended .. sub(s, line)
                texts[m + 3], texts[m + 4] = result_of .. id, result
                m = m + 4
              end
            elseif not reply then
              reply = {}
              for before = 1, n - 1 do reply[before] = 1 end
            end
            if reply then reply[n] = answer end
          end
          section.entries = entries
        end
        if k == 0 then return reply end

        """#

    private static let write = #"""
        -- First a write that a full server allows: it then lets the script finish, so that work drains.
        redis.call('ZREM', base .. 'leases', unpack(done))
        local expiry, index, asked = {}, {}, { '*' }
        for _, section in ipairs(sections) do
          local count = #section.entries
          if count > 0 then
            for _, group in ipairs(groups_of(done, section.from, section.from + count - 1)) do
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
        if is_rare then
          if is_observed() then
            for i, id in ipairs(done) do
              touch(id)
              ends[i] = { id, 'd' }
            end
            write_changes()
          end
          -- Room under a limit is room for a claim that waits.
          for _, limits in pairs(settings(asked)) do
            if limits.limited then
              wake('q')
              break
            end
          end
        end
        return reply or 1
        """#
}
