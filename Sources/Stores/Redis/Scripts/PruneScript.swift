import RoostRedis

/// Deletes records whose time is over or that are too many, with all that points to them, and batches, lanes and consumers
/// nobody needs any more.
///
/// KEYS[1] the namespace's base. ARGV: limit, µs after which an unused lane or consumer goes, done, failed and cancelled jobs
/// to keep. Returns how many records were deleted.
enum PruneScript {
    static let script = ScriptPrelude.script(
        "prune", with: [ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.followers, records, batches], idleLanes)

    private static let records = #"""
        local pruned, limit = 0, tonumber(ARGV[1])
        local function drop(ids, index)
          for _, id in ipairs(ids) do
            local h, s = header(id), state(id)
            if h and s and is_final(s) then
              purge(id, h, s)
              pruned = pruned + 1
            elseif index == 'ix:d' or index == 'expiry-groups' then
              -- Of a job that is gone.
              unlist_done({ id })
            else
              -- Of a job that is gone or lives again.
              redis.call('ZREM', base .. index, id)
            end
          end
          empty_trash()
        end
        -- The first ids in groups, as many as there is room for.
        local function ungrouped(groups, most)
          local ids = {}
          for _, group in ipairs(groups) do
            for _, id in ipairs(ids_of(group)) do
              if #ids < most then ids[#ids + 1] = id end
            end
          end
          return ids
        end
        local function overdue(index)
          return redis.call('ZRANGEBYSCORE', base .. index, '-inf', num(t), 'LIMIT', 0, limit - pruned)
        end
        drop(overdue('expiry'), 'expiry')
        if pruned < limit then drop(ungrouped(overdue('expiry-groups'), limit - pruned), 'expiry-groups') end
        local function surplus(letter, keep)
          if letter ~= 'd' then return redis.call('ZCARD', base .. 'ix:' .. letter) - keep end
          -- How many jobs its groups have is known to the counts.
          write_counts()
          local counts, done = redis.call('HGETALL', base .. 'counts'), 0
          for i = 1, #counts, 2 do
            if string.sub(counts[i], -2) == ' d' then done = done + counts[i + 1] end
          end
          return done - keep
        end
        for i, letter in ipairs({ 'd', 'f', 'c' }) do
          local most = math.min(surplus(letter, tonumber(ARGV[2 + i])), limit - pruned)
          if most > 0 then
            drop(ungrouped(redis.call('ZRANGE', base .. 'ix:' .. letter, 0, most - 1), most), 'ix:' .. letter)
          end
        end

        """#

    private static let batches = #"""
        for _, batch in ipairs(redis.call('ZRANGEBYSCORE', base .. 'batchexpiry', '-inf', num(t), 'LIMIT', 0, 20)) do
          -- One that was never closed: nothing will let its followers go.
          for _, id in ipairs(redis.call('HMGET', base .. 'b:' .. batch, 'complete', 'success')) do
            local h = id and header(id)
            local s = h and state(id)
            if s and s.st == 's' and redis.call('HEXISTS', base .. 'waits', id) == 1 then
              finish(id, h, s, 'c', PARENT .. batch)
            end
          end
          redis.call('UNLINK', base .. 'b:' .. batch, base .. 'bm:' .. batch)
          redis.call('ZREM', base .. 'batchexpiry', batch)
        end
        write_counts()
        write_wakes()

        """#

    /// A few lanes a call, at random, so that many lanes cost no more than few.
    private static let idleLanes = #"""
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
        """#
}
