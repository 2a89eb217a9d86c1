import RoostRedis

/// Makes a batch with its followers, unless it is there.
///
/// KEYS[1] the namespace's base. ARGV: batch, name or ``, ids of the jobs that follow (`complete`, `success`) or ``, then the
/// ten of `EnqueueScript` for each of those. Returns 1, or 0 when it is there.
enum OpenBatchScript {
    static let script = ScriptPrelude.script(
        "open-batch", with: [ScriptPrelude.lanes, EnqueueScript.functions],
        #"""
        local batch, week = ARGV[1], 7 * 86400000000
        local key = base .. 'b:' .. batch
        if redis.call('EXISTS', key) == 1 then return 0 end
        redis.call('HSET', key, 'opened', num(t), 'open', 1, 'exp', num(t + week))
        if ARGV[2] ~= '' then redis.call('HSET', key, 'name', ARGV[2]) end
        if ARGV[3] ~= '' then redis.call('HSET', key, 'complete', ARGV[3]) end
        if ARGV[4] ~= '' then redis.call('HSET', key, 'success', ARGV[4]) end
        redis.call('ZADD', base .. 'batchexpiry', num(t + week), batch)
        enqueue_jobs(5, true)
        return 1
        """#)
}

/// Closes a batch.
///
/// KEYS[1] the namespace's base. ARGV: batch. Returns its fields, or nothing.
enum CloseBatchScript {
    static let script = ScriptPrelude.script(
        "close-batch", with: [ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.later, ScriptPrelude.followers],
        #"""
        local key = base .. 'b:' .. ARGV[1]
        local exp = tonumber(redis.call('HGET', key, 'exp') or 0)
        if exp <= t then return {} end
        if redis.call('HGET', key, 'open') == '1' then
          -- What was closed in time is kept until its last member ended.
          redis.call('HSET', key, 'open', 0, 'exp', num(t + 10 * 366 * 86400000000))
          redis.call('ZREM', base .. 'batchexpiry', ARGV[1])
          release_followers(ARGV[1])
          write_counts()
          write_wakes()
        end
        return redis.call('HGETALL', key)
        """#)
}

/// One batch.
///
/// KEYS[1] the namespace's base. ARGV: batch. Returns its fields, or nothing.
enum BatchScript {
    static let script = ScriptPrelude.script(
        "batch", with: [],
        #"""
        local key = base .. 'b:' .. ARGV[1]
        if tonumber(redis.call('HGET', key, 'exp') or 0) <= t then return {} end
        return redis.call('HGETALL', key)
        """#)
}
