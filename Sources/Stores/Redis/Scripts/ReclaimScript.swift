import RoostRedis

/// Takes back claims whose lease ran out.
///
/// KEYS[1] the namespace's base. ARGV: limit, crashes that make a dead letter, its time to live in µs, the start and the
/// end of the error text around the number of crashes, the longest time in µs between two sweeps that is normal, how long
/// in µs to wait after a longer one. Returns id and `q` (queued again) or `f` (dead) for each.
///
/// When no sweep came for long, the server stood still or its clock was set: then leases ran out that nobody could extend,
/// and all get the time for it before any is taken back.
enum ReclaimScript {
    static let script = ScriptPrelude.script(
        "reclaim",
        """
        local t = now()
        local last, grace = string.match(redis.call('GET', base .. 'sweep') or '', '^(%d+) (%d+)$')
        last, grace = tonumber(last or t), tonumber(grace or 0)
        if t - last > tonumber(ARGV[6]) then grace = t + tonumber(ARGV[7]) end
        -- A write that a full server allows comes first: lost jobs are rescued also then.
        redis.call('DEL', base .. 'none')
        redis.call('SET', base .. 'sweep', num(t) .. ' ' .. num(grace))
        if t < grace then return {} end
        local ids = redis.call('ZRANGEBYSCORE', base .. 'leases', '-inf', num(t), 'LIMIT', 0, ARGV[1])
        local reply, failed = {}, 0
        for _, id in ipairs(ids) do
          local h, s = header(id), parse_state(redis.call('GET', base .. 's:' .. id))
          if h and s and s.st == 'r' then
            local entry, worker = s.ent, s.own
            s.cr, s.tok, s.ent = s.cr + 1, '0', '-'
            count(h.queue, 'r', -1)
            if s.cr >= tonumber(ARGV[2]) then
              s.st, s.fin, s.exp = 'f', num(t), num(t + tonumber(ARGV[3]))
              redis.call('SET', base .. 'e:' .. id, ARGV[4] .. s.cr .. ARGV[5] .. worker .. ')')
              redis.call('ZADD', base .. 'expiry', s.exp, id)
              redis.call('ZADD', base .. 'ix:f', 0, id)
              count(h.queue, 'f', 1)
              failed = failed + 1
            else
              s.st = 'q'
              add_to_lane(h.queue, h.priority, h.type, id)
              count(h.queue, 'q', 1)
            end
            redis.call('SET', base .. 's:' .. id, format_state(s))
            acknowledge(h.lane, { entry })
            reply[#reply + 1] = id
            reply[#reply + 1] = s.st
          end
        end
        if #ids > 0 then redis.call('ZREM', base .. 'leases', unpack(ids)) end
        if #reply > 0 then
          write_counts()
          total('reclaimed', #reply / 2)
          total('failed', failed)
          wake('q')
        end
        return reply
        """)
}
