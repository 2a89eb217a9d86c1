import RoostRedis

/// Keeps what a worker says it can do, and forgets those who have not said so for long.
///
/// KEYS[1] the namespace's base. ARGV: worker, µs the notice holds, its text.
enum AnnounceScript {
    static let script = ScriptPrelude.script(
        "announce",
        """
        for _, worker in ipairs(redis.call('ZRANGEBYSCORE', base .. 'workers', '-inf', num(t), 'LIMIT', 0, 100)) do
          redis.call('ZREM', base .. 'workers', worker)
          redis.call('DEL', base .. 'w:' .. worker)
        end
        local ttl = tonumber(ARGV[2])
        if ttl <= 0 then return 0 end
        redis.call('ZADD', base .. 'workers', num(t + ttl), ARGV[1])
        -- Gone by itself some time after it ceased to hold, when nobody announces any more.
        redis.call('SET', base .. 'w:' .. ARGV[1], ARGV[3], 'PX', num(math.ceil(ttl / 1000) + 60000))
        return 1
        """)
}

/// The notices that hold.
///
/// KEYS[1] the namespace's base. ARGV: places to pass over. Returns worker and text of at most 500, in turn.
enum WorkersScript {
    static let script = ScriptPrelude.script(
        "workers",
        """
        local reply = {}
        local workers = redis.call('ZRANGEBYSCORE', base .. 'workers', '(' .. num(t), '+inf', 'LIMIT', ARGV[1], 500)
        for _, worker in ipairs(workers) do
          reply[#reply + 1] = worker
          reply[#reply + 1] = redis.call('GET', base .. 'w:' .. worker) or ''
        end
        return reply
        """)
}
