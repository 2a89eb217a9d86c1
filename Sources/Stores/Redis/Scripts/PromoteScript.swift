import RoostRedis

/// Moves on what time or other jobs decide: tells children and batches of ends, ends overdue jobs, queues due ones.
///
/// KEYS[1] the namespace's base. ARGV: steps at most. Returns how many jobs were moved, and the µs until there is more to do
/// (0: at once), or -1.
enum PromoteScript {
    static let script = ScriptPrelude.script(
        "promote",
        with: [ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.later, ScriptPrelude.followers, told], body)

    /// What a job's end means for others.
    private static let told = #"""
        local steps, moved = tonumber(ARGV[1]), 0
        -- A child hears that a parent ended; true when it cannot be read and is to hear of it later.
        local function hear(child, parent, letter)
          local left = tonumber(redis.call('HGET', base .. 'waits', child) or 0)
          local parents = redis.call('GET', base .. 'parents:' .. child)
          -- Not when it is another job of the same id, that does not wait for this parent.
          if left < 1 or not parents or not string.find(parents, parent, 1, true) then return end
          local h, s = header(child), state(child)
          if not h or not s then return is_kept(child) end
          if s.st ~= 's' then return end
          if letter ~= 'd' and not h.e then
            finish(child, h, s, 'c', PARENT .. parent)
            moved = moved + 1
          elseif left == 1 then
            moved = moved + release(child, h, s)
          else
            redis.call('HSET', base .. 'waits', child, left - 1)
          end
        end
        -- Some of the children an end is still to be told to, the oldest first where they are few.
        local function some_kids(key)
          local kids
          if redis.call('SCARD', key) <= steps then
            kids = redis.call('SMEMBERS', key)
            redis.call('DEL', key)
          else
            kids = redis.call('SPOP', key, steps)
          end
          table.sort(kids)
          return kids
        end
        -- Keeps an end for children that cannot be read, in the one of two keys that is not gone through now.
        local function tell_later(id, letter, suffix, kids)
          local other = string.match(suffix, '^(.*)%+$') or suffix .. '+'
          redis.call('SADD', base .. 'told:' .. other, unpack(kids))
          postpone('untold', { id .. ' ' .. letter .. ' - ' .. other })
        end
        local function tell_one()
          local id, letter, batch, suffix =
            string.match(redis.call('LINDEX', base .. 'ended', 0) or '', '^(%S+) (%a) (%S+) (%S+)$')
          steps = steps - 1
          if suffix and suffix ~= '-' then
            local key = base .. 'told:' .. suffix
            local kids = some_kids(key)
            steps = steps - #kids
            local unread = {}
            for _, child in ipairs(kids) do
              if hear(child, id, letter) then unread[#unread + 1] = child end
            end
            if #unread > 0 then tell_later(id, letter, suffix, unread) end
            if redis.call('EXISTS', key) == 1 then return end
          end
          redis.call('LPOP', base .. 'ended')
          if batch and batch ~= '-' and redis.call('EXISTS', base .. 'b:' .. batch) == 1 then
            -- Of a batch whose followers could not be read, all ends are counted.
            if letter ~= 'n' then redis.call('HINCRBY', base .. 'b:' .. batch, letter, 1) end
            moved = moved + release_followers(batch)
          end
        end

        """#

    private static let body = #"""
        -- A write that a full server allows comes first: what is due can start also then.
        redis.call('DEL', base .. 'none')
        local again = redis.call('ZRANGEBYSCORE', base .. 'untold', '-inf', num(t), 'LIMIT', 0, steps)
        if #again > 0 then
          redis.call('ZREM', base .. 'untold', unpack(again))
          redis.call('RPUSH', base .. 'ended', unpack(again))
        end
        while steps > 0 and redis.call('EXISTS', base .. 'ended') == 1 do tell_one() end
        if steps > 0 then
          local ids = redis.call('ZRANGEBYSCORE', base .. 'overdue', 0, num(t), 'LIMIT', 0, steps)
          steps = steps - #ids
          local unread = {}
          for _, id in ipairs(ids) do
            local h, s = header(id), state(id)
            if (not h or not s) and is_kept(id) then
              unread[#unread + 1] = id
            elseif not h or not s or is_final(s) then
              redis.call('ZREM', base .. 'overdue', id)
            elseif s.st == 'r' then
              redis.call('ZADD', base .. 'overdue', -1, id)
            elseif (overdue_at(h, s) or t + 1) > t then
              watch_time(id, h, s)
            else
              end_overdue(id, h, s)
              moved = moved + 1
            end
          end
          postpone('overdue', unread)
        end
        if steps > 0 then
          local ids = redis.call('ZRANGEBYSCORE', base .. 'scheduled', '-inf', num(t), 'LIMIT', 0, steps)
          steps = steps - #ids
          if #ids > 0 then redis.call('ZREM', base .. 'scheduled', unpack(ids)) end
          local unread = {}
          for _, id in ipairs(ids) do
            local h, s = header(id), state(id)
            if (not h or not s) and is_kept(id) then
              unread[#unread + 1] = id
            elseif h and s and s.st == 's' then
              moved = moved + queue_now(id, h, s)
            end
          end
          postpone('scheduled', unread)
        end
        write_counts()
        -- Ends told in this very call are told on in the next.
        local more = steps <= 0 or redis.call('EXISTS', base .. 'ended') == 1
        -- What comes next is told below: nobody else needs to look.
        wakes.s = nil
        write_wakes()
        if more then return { moved, 0 } end
        local next
        for _, index in ipairs({ 'scheduled', 'overdue', 'untold' }) do
          local first = redis.call('ZRANGEBYSCORE', base .. index, 0, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
          if #first > 0 then next = math.min(next or tonumber(first[2]), tonumber(first[2])) end
        end
        return { moved, next and math.max(0, next - t) or -1 }
        """#
}
