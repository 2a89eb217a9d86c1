import RoostRedis

/// Whole records, as of one moment.
///
/// KEYS[1] the namespace's base. ARGV: ids. Returns id, record, state or ``, result or nil, error or nil for each job that
/// is there and whose time is not over.
enum ReadScript {
    static let script = ScriptPrelude.script(
        "read",
        """
        local t = now()
        local reply = {}
        for _, id in ipairs(ARGV) do
          local found = redis.call('MGET', base .. 'j:' .. id, base .. 's:' .. id, base .. 'r:' .. id, base .. 'e:' .. id)
          local s = parse_state(found[2])
          if found[1] and (not s or s.exp == '0' or tonumber(s.exp) > t) then
            reply[#reply + 1] = { id, found[1], found[2] or '', found[3], found[4] }
          end
        end
        return reply
        """)
}

/// One window of the newest jobs, filtered.
///
/// KEYS[1] the namespace's base. ARGV: jobs to pass over, jobs to look at (at most 500), state letter or ``, queue or ``,
/// type or ``. Returns how many were looked at, then the ids that match.
enum SearchScript {
    static let script = ScriptPrelude.script(
        "search",
        """
        local t = now()
        local from, window = tonumber(ARGV[1]), tonumber(ARGV[2])
        local ids = redis.call('ZREVRANGE', base .. 'all', from, from + window - 1)
        local reply = { #ids }
        if #ids == 0 then return reply end
        local keys = {}
        for i, id in ipairs(ids) do keys[i] = base .. 's:' .. id end
        local found = redis.call('MGET', unpack(keys))
        for i, id in ipairs(ids) do
          local s = parse_state(found[i])
          local fits = s and (ARGV[3] == '' or s.st == ARGV[3]) and (s.exp == '0' or tonumber(s.exp) > t)
          if fits and (ARGV[4] ~= '' or ARGV[5] ~= '') then
            local h = header(id)
            fits = h and (ARGV[4] == '' or h.queue == ARGV[4]) and (ARGV[5] == '' or h.type == ARGV[5])
          end
          if fits then reply[#reply + 1] = id end
        end
        return reply
        """)
}
