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
