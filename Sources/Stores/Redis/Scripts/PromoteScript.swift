import RoostRedis

/// Queues scheduled jobs whose time has come.
///
/// KEYS[1] the namespace's base. ARGV: limit. Returns how many were moved, and the µs until the next is due or -1.
enum PromoteScript {
    static let script = ScriptPrelude.script(
        "promote",
        """
        local t = now()
        local ids = redis.call('ZRANGEBYSCORE', base .. 'scheduled', '-inf', num(t), 'LIMIT', 0, ARGV[1])
        local moved = 0
        for _, id in ipairs(ids) do
          local h, s = header(id), parse_state(redis.call('GET', base .. 's:' .. id))
          if h and s and s.st == 's' then
            s.st, s.run = 'q', '0'
            redis.call('SET', base .. 's:' .. id, format_state(s))
            add_to_lane(h.queue, h.priority, h.type, id)
            count(h.queue, 's', -1)
            count(h.queue, 'q', 1)
            moved = moved + 1
          end
        end
        if #ids > 0 then redis.call('ZREM', base .. 'scheduled', unpack(ids)) end
        if moved > 0 then
          write_counts()
          wake('q')
        end
        local first = redis.call('ZRANGE', base .. 'scheduled', 0, 0, 'WITHSCORES')
        if #first == 0 then return { moved, -1 } end
        return { moved, math.max(0, tonumber(first[2]) - t) }
        """)
}
