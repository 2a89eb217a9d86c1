import RoostRedis

/// Deletes records whose time is over or that are too many, with all that points to them, and batches, lanes and consumers
/// nobody needs any more.
///
/// KEYS[1] the namespace's base. ARGV: limit, µs after which an unused lane or consumer goes, done, failed and cancelled jobs
/// to keep. Returns how many records were deleted.
enum PruneScript {
    static let script = ScriptPrelude.script(
        "prune",
        with: [
            ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.purging, ScriptPrelude.followers, records, batches,
        ], idleLanes)

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
        -- Drops jobs of the first groups, at most so many: `first` returns a few groups. One of them may be large.
        local function drop_groups(index, most, first)
          while most > 0 do
            local groups, ids, whole = first(), {}, {}
            if #groups == 0 then return end
            for _, group in ipairs(groups) do
              local members = ids_of(group)
              if #ids + #members <= most then whole[#whole + 1] = group end
              for _, id in ipairs(members) do
                if #ids < most then ids[#ids + 1] = id end
              end
            end
            drop(ids, index)
            -- Also what is in this index alone, so that this comes to an end.
            if #whole > 0 then redis.call('ZREM', base .. index, unpack(whole)) end
            most = most - #ids
          end
        end
        drop(redis.call('ZRANGEBYSCORE', base .. 'expiry', '-inf', num(t), 'LIMIT', 0, limit), 'expiry')
        drop_groups('expiry-groups', limit - pruned, function()
          return redis.call('ZRANGEBYSCORE', base .. 'expiry-groups', '-inf', num(t), 'LIMIT', 0, 50)
        end)
        -- How many jobs the groups have is known to the counts; that there are not too many, often sooner.
        local function done_jobs()
          write_counts()
          local counts, done = redis.call('HGETALL', base .. 'counts'), 0
          for i = 1, #counts, 2 do
            if string.sub(counts[i], -2) == ' d' then done = done + counts[i + 1] end
          end
          return done
        end
        for i, letter in ipairs({ 'd', 'f', 'c' }) do
          local index, keep = 'ix:' .. letter, tonumber(ARGV[2 + i])
          local ended = redis.call('ZCARD', base .. (letter == 'd' and 'all' or index))
          if letter == 'd' and ended > keep then ended = done_jobs() end
          local most = math.min(ended - keep, limit - pruned)
          if letter == 'd' then
            drop_groups(index, most, function() return redis.call('ZRANGE', base .. index, 0, 49) end)
          elseif most > 0 then
            drop(redis.call('ZRANGE', base .. index, 0, most - 1), index)
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
