import RoostRedis

/// Adds an entry to a log and takes the oldest away when there are too many.
///
/// KEYS[1] the namespace's base. ARGV: log, how many it keeps, the entry. Returns its position: the server's time, or one more
/// than the newest, whichever is later.
enum AppendLogScript {
    static let script = ScriptPrelude.script(
        "append-log", with: [],
        """
        local key = base .. 'log:' .. ARGV[1]
        local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
        local last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
        local position = math.max(t, last + 1)
        redis.call('XADD', key, 'MAXLEN', ARGV[2], num(position) .. '-0', 'at', num(t), 'body', ARGV[3])
        return num(position)
        """)
}
