import RoostRedis

/// Lets claims hold longer.
///
/// KEYS[1] the namespace's base. ARGV: lease in µs, then id and token for each. Returns the places, from 1, of those that no
/// longer hold, and those, negative, that hold and that somebody wants cancelled.
enum ExtendScript {
    static let script = ScriptPrelude.script(
        "extend", with: [],
        #"""
        local n = (#ARGV - 1) / 2
        local ids, reply, leases = {}, {}, {}
        for i = 1, n do ids[i] = ARGV[i * 2] end
        local found, wishes = state_texts(ids), redis.call('HMGET', base .. 'cancels', unpack(ids))
        for i = 1, n do
          local s = found[i] and parse_state(found[i])
          if s and s.st == 'r' and s.tok == ARGV[i * 2 + 1] then
            leases[#leases + 1] = num(t + tonumber(ARGV[1]))
            leases[#leases + 1] = ids[i]
            if wishes[i] then reply[#reply + 1] = -i end
          else
            reply[#reply + 1] = i
          end
        end
        -- A write that a full server allows comes first: leases must be kept also then.
        redis.call('DEL', base .. 'none')
        if #leases > 0 then redis.call('ZADD', base .. 'leases', unpack(leases)) end
        return reply
        """#)
}
