import RoostRedis

/// Makes or changes a periodic job.
///
/// KEYS[1] the namespace's base. ARGV: name, definition, first slot in µs, the most there may be. Returns 1, or 0 when there
/// are too many.
enum PutCronScript {
    static let script = ScriptPrelude.script(
        "putcron",
        """
        if redis.call('HEXISTS', base .. 'cron', ARGV[1]) == 0
          and redis.call('HLEN', base .. 'cron') >= tonumber(ARGV[4]) then return 0 end
        redis.call('HSET', base .. 'cron', ARGV[1], ARGV[2])
        redis.call('ZADD', base .. 'slots', ARGV[3], ARGV[1])
        wake('s')
        return 1
        """)
}

/// Deletes a periodic job.
///
/// KEYS[1] the namespace's base. ARGV: name. Returns 1, or 0 when there was none.
enum DeleteCronScript {
    static let script = ScriptPrelude.script(
        "deletecron",
        """
        redis.call('ZREM', base .. 'slots', ARGV[1])
        redis.call('HDEL', base .. 'lastslots', ARGV[1])
        return redis.call('HDEL', base .. 'cron', ARGV[1])
        """)
}

/// Periodic jobs by name.
///
/// KEYS[1] the namespace's base. ARGV: names, at most 50. Returns name, definition, next slot or ``, last slot or `` of
/// each that is there, in turn.
enum CronsScript {
    /// Adds one to `reply`.
    static let functions = """
        local reply = {}
        local function add_cron(name)
          local definition = redis.call('HGET', base .. 'cron', name)
          if not definition then return 0 end
          reply[#reply + 1] = name
          reply[#reply + 1] = definition
          local slot = redis.call('ZSCORE', base .. 'slots', name)
          reply[#reply + 1] = slot and num(tonumber(slot)) or ''
          reply[#reply + 1] = redis.call('HGET', base .. 'lastslots', name) or ''
          return #definition
        end

        """

    static let script = ScriptPrelude.script(
        "crons", with: [functions],
        """
        for _, name in ipairs(ARGV) do add_cron(name) end
        return reply
        """)
}

/// Periodic jobs that are due.
///
/// KEYS[1] the namespace's base. ARGV: the most to return, places to pass over. Returns the time, µs until the next comes due
/// that is not yet or -1, how many were due from there, then as `CronsScript`. Stops short of 16 MiB.
enum DueCronsScript {
    static let script = ScriptPrelude.script(
        "duecrons", with: [CronsScript.functions],
        """
        local time = num(t)
        local names = redis.call('ZRANGEBYSCORE', base .. 'slots', '-inf', time, 'LIMIT', ARGV[2], ARGV[1])
        local bytes = 0
        for _, name in ipairs(names) do
          if bytes < 16777216 then bytes = bytes + add_cron(name) end
        end
        local first = redis.call('ZRANGEBYSCORE', base .. 'slots', '(' .. time, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
        return { time, first[2] and num(tonumber(first[2]) - t) or '-1', #names, reply }
        """)
}

/// Fires a periodic job: compares the slot it waits for, accepts the slot's jobs and moves it on, in one step.
///
/// KEYS[1] the namespace's base. ARGV: name, slot in µs, the next one or ``, then the jobs as `EnqueueScript` takes them.
/// Returns 1, or 0 when it waits for another slot or is not there.
enum FireCronScript {
    static let script = ScriptPrelude.script(
        "firecron",
        EnqueueScript.functions + #"""
            local name = ARGV[1]
            local slot = redis.call('ZSCORE', base .. 'slots', name)
            if not slot or tonumber(slot) ~= tonumber(ARGV[2]) then return 0 end
            -- First what a full server refuses: then the slot is still to be fired.
            redis.call('HSET', base .. 'lastslots', name, ARGV[2])
            enqueue_jobs(4, true)
            if ARGV[3] == '' then
              redis.call('ZREM', base .. 'slots', name)
            else
              redis.call('ZADD', base .. 'slots', ARGV[3], name)
            end
            wake('s')
            return 1
            """#)
}
