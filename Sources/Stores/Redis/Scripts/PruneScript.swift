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
            ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.purging, ScriptPrelude.later,
            ScriptPrelude.followers, records, batches,
        ], idleLanes)

    private static let records = #"""
        local pruned, limit = 0, tonumber(ARGV[1])
        -- Returns those that stay: that cannot be read, or that others need.
        local function drop(ids, index)
          local unread = {}
          for _, id in ipairs(ids) do
            local h, s = header(id), state(id)
            if s and s.exp == '0' and is_final(s) and is_needed(id) then
              if index == 'expiry' then redis.call('ZREM', base .. index, id) else unread[#unread + 1] = id end
            elseif h and s and is_final(s) then
              purge(id, h, s)
              pruned = pruned + 1
            elseif (not h or not s) and is_kept(id) then
              unread[#unread + 1] = id
            elseif index == 'ix:d' or index == 'expiry-groups' then
              -- Of a job that is gone.
              unlist_done({ id })
            else
              -- Of a job that is gone or lives again.
              redis.call('ZREM', base .. index, id)
            end
          end
          empty_trash()
          return unread
        end
        -- When the group of a job goes.
        local function end_of_group(id)
          for _, group in ipairs(groups_at(string.sub(id, 1, 10))) do
            for _, other in ipairs(ids_of(group)) do
              if other == id then return redis.call('ZSCORE', base .. 'expiry-groups', group) end
            end
          end
        end
        -- Jobs that cannot be read leave their groups: these stay, the others of the group can go.
        local function set_apart(unread, is_over)
          for _, id in ipairs(unread) do
            local till = end_of_group(id)
            unlist_done({ id })
            redis.call('ZADD', base .. 'ix:d', 0, id)
            if till and not is_over then redis.call('ZADD', base .. 'expiry', till, id) end
          end
          if is_over then postpone('expiry', unread) end
        end
        -- Drops jobs of the first groups, at most so many: `first` returns a few groups behind those that stay. One of them
        -- may be large.
        local function drop_groups(index, most, first, stay)
          local looks = limit + 500
          while most > 0 and looks > 0 do
            local groups, ids, whole = first(stay), {}, {}
            if #groups == 0 then return 0 end
            for _, group in ipairs(groups) do
              local members = ids_of(group)
              if #ids + #members <= most then whole[#whole + 1] = group end
              for _, id in ipairs(members) do
                if #ids < most then ids[#ids + 1] = id end
              end
            end
            local unread = drop(ids, index)
            set_apart(unread, index == 'expiry-groups')
            stay = stay + #unread
            -- Also what is in this index alone, so that this comes to an end.
            local places = {}
            for _, id in ipairs(unread) do places[id] = true end
            for _, group in ipairs(whole) do
              if index ~= 'ix:d' or not places[group] then redis.call('ZREM', base .. index, group) end
            end
            most, looks = most - #ids + #unread, looks - #ids
          end
          return stay
        end
        postpone('expiry', drop(redis.call('ZRANGEBYSCORE', base .. 'expiry', '-inf', num(t), 'LIMIT', 0, limit), 'expiry'))
        drop_groups('expiry-groups', limit - pruned, function()
          return redis.call('ZRANGEBYSCORE', base .. 'expiry-groups', '-inf', num(t), 'LIMIT', 0, 50)
        end, 0)
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
          -- However many stay, those behind them get their turn: each call goes on where the one before came to.
          local mark = base .. 'passed:' .. letter
          local stay = most > 0 and tonumber(redis.call('GET', mark) or 0) or 0
          local passed = stay
          local function drop_oldest(most, stay)
            if letter == 'd' then
              local function first(from) return redis.call('ZRANGE', base .. index, from, from + 49) end
              return drop_groups(index, most, first, stay)
            end
            local looks = limit + 500
            while most > 0 and looks > 0 do
              local ids = redis.call('ZRANGE', base .. index, stay, stay + most - 1)
              if #ids == 0 then return 0 end
              local unread = drop(ids, index)
              stay, most, looks = stay + #unread, most - #ids + #unread, looks - #ids
            end
            return stay
          end
          local before = pruned
          stay = drop_oldest(most, stay)
          -- At the end: perhaps those at the front need not stay any more.
          if stay == 0 and passed > 0 then stay = drop_oldest(most - pruned + before, 0) end
          if stay > 0 then
            redis.call('SET', mark, stay, 'PX', 600000)
          elseif passed > 0 then
            redis.call('DEL', mark)
          end
        end

        """#

    private static let batches = #"""
        for _, batch in ipairs(redis.call('ZRANGEBYSCORE', base .. 'batchexpiry', '-inf', num(t), 'LIMIT', 0, 20)) do
          -- One that was never closed: nothing will let its followers go.
          local has_unread = false
          for _, id in ipairs(redis.call('HMGET', base .. 'b:' .. batch, 'complete', 'success')) do
            local h = id and header(id)
            local s = h and state(id)
            if s and s.st == 's' and redis.call('HEXISTS', base .. 'waits', id) == 1 then
              finish(id, h, s, 'c', PARENT .. batch)
            end
            has_unread = has_unread or id and not s and is_kept(id)
          end
          if has_unread then
            postpone('batchexpiry', { batch })
          else
            redis.call('UNLINK', base .. 'b:' .. batch, base .. 'bm:' .. batch)
            redis.call('ZREM', base .. 'batchexpiry', batch)
          end
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
