import RoostRedis

/// Notes that somebody watches jobs, for a while.
///
/// KEYS[1] the namespace's base. ARGV: for how long in µs, ids of jobs, at most 500. Returns 1.
enum WatchScript {
    static let script = ScriptPrelude.script(
        "watch", with: [],
        """
        local key, places = base .. 'watching', {}
        redis.call('ZREMRANGEBYSCORE', key, '-inf', num(t))
        for i = 2, #ARGV do
          places[2 * i - 3] = num(t + ARGV[1])
          places[2 * i - 2] = ARGV[i]
        end
        redis.call('ZADD', key, unpack(places))
        redis.call('PEXPIRE', key, num(math.ceil(ARGV[1] / 1000)))
        return 1
        """)
}
