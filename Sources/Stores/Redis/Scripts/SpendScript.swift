import RoostRedis

/// Takes an amount from what a meter allows in its window, all or nothing.
///
/// KEYS[1] the namespace's base. ARGV: meter, amount, limit, µs of its period; each number below 2^50, so that their sums
/// are exact here. Returns 1 or 0, what is left, µs until the next window. See `MeterWindow`, which counts alike.
enum SpendScript {
    static let script = ScriptPrelude.script(
        "spend", with: [],
        """
        local amount, limit, period = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        local key = base .. 'meter:' .. ARGV[4] .. ':' .. ARGV[1]
        local current = t - t % period
        local start, used = string.match(redis.call('GET', key) or '', '^1 (%d+) (%d+)$')
        start, used = tonumber(start or '-1'), tonumber(used or '0')
        -- A clock that was set back a little stays in the window it had reached.
        if start ~= current and start ~= current + period then start, used = current, 0 end
        local left = math.max(0, limit - used)
        local granted = amount <= left
        if granted then left = left - amount end
        if granted and amount > 0 then
          local text = '1 ' .. num(start) .. ' ' .. num(used + amount)
          redis.call('SET', key, text, 'PXAT', num(math.ceil((start + period) / 1000)))
        end
        return { granted and 1 or 0, num(left), num(start + period - t) }
        """)
}
