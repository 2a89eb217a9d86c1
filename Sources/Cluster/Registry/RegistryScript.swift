internal import RoostRedis

/// The one script of the registry: read, beat and leave, all by the server's clock.
enum RegistryScript {
    /// The version of the reply's format, its first element.
    static let format: Int64 = 1

    static let script = RedisScript(name: "registry", source: source)

    // Validates first and writes last. Touches at most 500 stale entries and `most` live ones.
    private static let source = """
        -- KEYS    1 expiries (zset)  2 identities (hash)  3 reports (hash)  4 epoch (string)  5 departures (zset)
        --         6 deaths (zset)
        -- ARGV    1 mode: read|beat|leave|fence  2 member name  3 incarnation, 16 hex digits  4 identity JSON
        --         5 report JSON  6 ttl ms  7 retention ms  8 longest ttl ms  9 most entries
        --         10 longest value, bytes  11 channel for changes
        --         12 fence: who says so, name#incarnation  13 how long deaths are kept, ms
        -- RETURNS {format, standing, now ms, epoch, skipped,
        --          {name, expires in ms, identity, report, …}, {name#incarnation, left ms ago, …},
        --          {name#incarnation, fenced ms ago, …}}
        local mode, name, incarnation, identity, report = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
        local ttl, retention, longest = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
        local most, size = tonumber(ARGV[9]), tonumber(ARGV[10])
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        local accuser, mourning = ARGV[12], tonumber(ARGV[13])
        local life = name .. '#' .. incarnation
        local standing, changed = 'accepted', false

        if mode ~= 'read' then
          local stale = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - retention, 'LIMIT', 0, 250)
          -- No honest beat counts for longer than the longest ttl.
          local forged = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. (now + longest), '+inf', 'LIMIT', 0, 250)
          for _, list in ipairs({stale, forged}) do
            for _, old in ipairs(list) do
              redis.call('ZREM', KEYS[1], old)
              redis.call('HDEL', KEYS[2], old)
              redis.call('HDEL', KEYS[3], old)
            end
          end
          redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', now - retention)
          redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', now - mourning)
        end

        if mode == 'beat' then
          local expiry = redis.call('ZSCORE', KEYS[1], name)
          local stored = redis.call('HGET', KEYS[2], name)
          local live = expiry and tonumber(expiry) > now
          local rival = stored and string.match(stored, '"incarnation":"(%x+)"')
          if redis.call('ZSCORE', KEYS[6], life) then
            standing = 'fenced'
          elseif redis.call('ZSCORE', KEYS[5], life) then
            standing = 'departed'
          elseif live and rival and #rival == 16 and string.lower(rival) > incarnation then
            standing = 'superseded'
          else
            changed = not live or stored ~= identity
            redis.call('ZADD', KEYS[1], now + ttl, name)
            if stored ~= identity then redis.call('HSET', KEYS[2], name, identity) end
            redis.call('HSET', KEYS[3], name, report)
          end
        elseif mode == 'leave' then
          local stored = redis.call('HGET', KEYS[2], name)
          local rival = stored and string.match(stored, '"incarnation":"(%x+)"')
          if not rival or rival == incarnation then
            redis.call('ZREM', KEYS[1], name)
            redis.call('HDEL', KEYS[2], name)
            redis.call('HDEL', KEYS[3], name)
          end
          redis.call('ZADD', KEYS[5], now, life)
          changed = true
        elseif mode == 'fence' then
          if redis.call('ZSCORE', KEYS[6], accuser) then
            standing = 'fenced'
          elseif not redis.call('ZSCORE', KEYS[6], life) then
            local stored = redis.call('HGET', KEYS[2], name)
            local rival = stored and string.match(stored, '"incarnation":"(%x+)"')
            if rival == incarnation then
              redis.call('ZREM', KEYS[1], name)
              redis.call('HDEL', KEYS[2], name)
              redis.call('HDEL', KEYS[3], name)
            end
            redis.call('ZADD', KEYS[6], now, life)
            redis.call('ZREMRANGEBYRANK', KEYS[6], 0, -4097)
            changed = true
          end
        end

        local epoch
        if changed then
          epoch = redis.call('INCR', KEYS[4])
          redis.call('PUBLISH', ARGV[11], epoch)
        else
          epoch = tonumber(redis.call('GET', KEYS[4]) or '0') or 0
        end

        -- The longest to live first: a flood of expired entries cannot hide the live ones.
        local ranked = redis.call(
          'ZREVRANGEBYSCORE', KEYS[1], now + longest, now - retention, 'WITHSCORES', 'LIMIT', 0, most)
        local names, skipped, entries = {}, 0, {}
        for i = 1, #ranked, 2 do names[#names + 1] = ranked[i] end
        if #names > 0 then
          local identities = redis.call('HMGET', KEYS[2], unpack(names))
          local reports = redis.call('HMGET', KEYS[3], unpack(names))
          for i, each in ipairs(names) do
            local who, what = identities[i], reports[i]
            if who and what and #each <= size and #who <= size and #what <= size then
              entries[#entries + 1] = each
              entries[#entries + 1] = math.floor(tonumber(ranked[2 * i]) - now)
              entries[#entries + 1] = who
              entries[#entries + 1] = what
            else
              skipped = skipped + 1
            end
          end
        end
        local gone = redis.call('ZREVRANGEBYSCORE', KEYS[5], now, now - retention, 'WITHSCORES', 'LIMIT', 0, most)
        local departures = {}
        for i = 1, #gone, 2 do
          if #gone[i] <= size then
            departures[#departures + 1] = gone[i]
            departures[#departures + 1] = math.floor(now - tonumber(gone[i + 1]))
          end
        end
        local dead = redis.call('ZREVRANGEBYSCORE', KEYS[6], now, now - mourning, 'WITHSCORES', 'LIMIT', 0, most)
        local deaths = {}
        for i = 1, #dead, 2 do
          if #dead[i] <= size then
            deaths[#deaths + 1] = dead[i]
            deaths[#deaths + 1] = math.floor(now - tonumber(dead[i + 1]))
          end
        end
        return {1, standing, now, epoch, skipped, entries, departures, deaths}
        """
}
