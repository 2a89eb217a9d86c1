import RoostRedis

/// Deletes records whose time is over, with all that points to them, and lanes and consumers long unused.
///
/// KEYS[1] the namespace's base. ARGV: limit, µs after which an unused lane or consumer goes. Returns how many records
/// were deleted.
enum PruneScript {
    static let script = ScriptPrelude.script(
        "prune",
        """
        local t = now()
        local ids = redis.call('ZRANGEBYSCORE', base .. 'expiry', '-inf', num(t), 'LIMIT', 0, ARGV[1])
        local pruned = 0
        for _, id in ipairs(ids) do
          local h, s = header(id), parse_state(redis.call('GET', base .. 's:' .. id))
          if h and s and (s.st == 'd' or s.st == 'f' or s.st == 'c') then
            redis.call('DEL', base .. 'j:' .. id, base .. 's:' .. id, base .. 'r:' .. id, base .. 'e:' .. id)
            redis.call('ZREM', base .. 'all', id)
            redis.call('ZREM', base .. 'ix:' .. s.st, id)
            count(h.queue, s.st, -1)
            if h.key ~= '-' and redis.call('GET', base .. 'k:' .. string.sub(h.key, 2)) == id then
              redis.call('DEL', base .. 'k:' .. string.sub(h.key, 2))
            end
            pruned = pruned + 1
          end
        end
        if #ids > 0 then redis.call('ZREM', base .. 'expiry', unpack(ids)) end
        write_counts()
        -- A few lanes a call, at random, so that many lanes cost no more than few.
        for _, lane in ipairs(redis.call('SRANDMEMBER', base .. 'streams', 10)) do
          local stream, idle = base .. 'q:' .. lane, true
          if redis.call('EXISTS', stream) == 0 then
            redis.call('SREM', base .. 'streams', lane)
          else
            for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', stream, GROUP)) do
              local c = {}
              for i = 1, #consumer, 2 do c[consumer[i]] = consumer[i + 1] end
              if c.pending == 0 and c.idle * 1000 > tonumber(ARGV[2]) then
                redis.call('XGROUP', 'DELCONSUMER', stream, GROUP, c.name)
              else
                idle = false
              end
            end
            if idle and redis.call('XLEN', stream) == 0 then
              redis.call('DEL', stream)
              redis.call('SREM', base .. 'streams', lane)
              redis.call('HDEL', base .. 'garbage', lane)
            end
          end
        end
        return pruned
        """)
}
