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
          local record, text, result = parts(found[1])
          text = found[2] or text
          local s = parse_state(text)
          if record and (not s or s.exp == '0' or tonumber(s.exp) > t) then
            reply[#reply + 1] = { id, record, text or '', result or found[3], found[4] }
          end
        end
        return reply
        """)
}
