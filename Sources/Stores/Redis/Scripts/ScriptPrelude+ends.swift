import RoostJobs

extension ScriptPrelude {
    /// How jobs end.
    static let ends = #"""
        local NOT_STARTED, DEADLINE = '\#(ErrorText.notStarted)', '\#(ErrorText.deadline)'
        local DEAD_TTL = \#(JobDefaults.deadTTL.clampedMicroseconds)
        -- One look a script whether any job is called off, watched or has a time limit: where none is, none pays.
        local rare
        local function has_rare()
          if rare == nil then
            rare = redis.call('EXISTS', base .. 'cancels', base .. 'watched', base .. 'overdue') > 0
          end
          return rare
        end
        -- Whom to wake in the end.
        local wakes = {}
        local function write_wakes()
          if wakes.q then wake('q') end
          if wakes.s then wake('s') end
        end
        -- Whether a job that has not ended names this one as its parent: then its record is kept.
        local function is_needed(id)
          return #redis.call('ZRANGEBYLEX', base .. 'needed', '[' .. id .. ' ', '(' .. id .. '!', 'LIMIT', 0, 1) > 0
        end
        -- The same of a job that ends: what `watched` has of it says whether to look.
        local function is_watched_for(id, watch) return string.sub(watch, -1) == '1' and is_needed(id) end
        -- Gives a job that ended its time to go, if it has none and nobody needs it.
        local function expire_unneeded(id)
          local h = header(id)
          local s = h and state(id)
          if not s or not is_final(s) or s.exp ~= '0' or is_needed(id) then return end
          s.exp = num(tonumber(s.fin) + (s.st == 'f' and DEAD_TTL or h.ttl))
          write_state(id, s)
          redis.call('ZADD', base .. 'expiry', s.exp, id)
        end
        -- A job ended: it needs its parents no longer.
        local function leave_parents(id)
          for parent in string.gmatch(redis.call('GET', base .. 'parents:' .. id) or '', '%S+') do
            if redis.call('ZREM', base .. 'needed', parent .. ' ' .. id) == 1 then expire_unneeded(parent) end
          end
        end
        -- A job ended that others wait for or that has parents: leaves a note for promote if others must hear of it. Its
        -- children move to a key of this end's own: those that come after a replay wait for the next one.
        local function tell(id, letter, watch)
          local batch, has_kids = string.match(watch, '^(%S+) (%d)$')
          if has_kids ~= '0' then leave_parents(id) end
          local kids = '-'
          if has_kids == '1' and redis.call('EXISTS', base .. 'kids:' .. id) == 1 then
            kids = id .. ':' .. num(t)
            redis.call('RENAME', base .. 'kids:' .. id, base .. 'told:' .. kids)
          end
          redis.call('HDEL', base .. 'watched', id)
          if kids == '-' and (batch or '-') == '-' then return end
          redis.call('RPUSH', base .. 'ended', id .. ' ' .. letter .. ' ' .. (batch or '-') .. ' ' .. kids)
          wakes.s = true
        end
        local function tell_if_watched(id, letter)
          local watch = redis.call('HGET', base .. 'watched', id)
          if watch then tell(id, letter, watch) end
        end
        -- What is kept of an attempt that failed.
        local function note_failure(id, s, error)
          redis.call('RPUSH', base .. 'h:' .. id,
            '1 ' .. s.at .. ' ' .. s.sta .. ' ' .. num(t) .. ' ' .. s.own .. '\n' .. error)
          redis.call('LTRIM', base .. 'h:' .. id, -\#(JobLimits.attemptsKept), -1)
        end
        -- Ends a job without a result; who ran, has lost its lease before.
        local function finish(id, h, s, letter, error)
          -- A write that a full server allows comes first.
          redis.call('ZREM', base .. 'scheduled', id)
          if s.st == 's' and (h.p or s.run == '0') then redis.call('HDEL', base .. 'waits', id) end
          local needed = false
          if has_rare() then
            redis.call('ZREM', base .. 'overdue', id)
            redis.call('HDEL', base .. 'cancels', id)
            local watch = redis.call('HGET', base .. 'watched', id)
            if watch then
              needed = is_watched_for(id, watch)
              tell(id, letter, watch)
            end
          end
          count(h.queue, s.st, -1, id)
          count(h.queue, letter, 1, id)
          if letter == 'f' then total('failed', 1) end
          s.st, s.fin, s.run = letter, num(t), '0'
          s.exp = needed and '0' or num(t + (letter == 'f' and DEAD_TTL or h.ttl))
          write_state(id, s)
          redis.call('SET', base .. 'e:' .. id, error)
          if not needed then redis.call('ZADD', base .. 'expiry', s.exp, id) end
          redis.call('ZADD', base .. 'ix:' .. letter, 0, id)
        end
        -- When the time of a job that waits is over, and how it ends then.
        local function overdue_at(h, s)
          local start, last = s.at == 0 and tonumber(h.x), tonumber(h.d)
          if start and last then return math.min(start, last) end
          return start or last
        end
        local function end_overdue(id, h, s)
          if s.at == 0 and h.x and tonumber(h.x) <= t then
            finish(id, h, s, 'c', NOT_STARTED)
          else
            finish(id, h, s, 'f', DEADLINE)
          end
        end
        -- Keeps when a job that waits again is overdue; while it runs, -1 stands there.
        local function watch_time(id, h, s)
          local at = overdue_at(h, s)
          if at then
            redis.call('ZADD', base .. 'overdue', num(at), id)
            wakes.s = true
          else
            redis.call('ZREM', base .. 'overdue', id)
          end
        end

        """#

    /// What follows the end of other jobs. After `lanes`, `ends` and `later`.
    static let followers = #"""
        local PARENT = '\#(ErrorText.parent)'
        -- Queues a scheduled job; 1 when it was moved.
        local function queue_now(id, h, s)
          count(h.queue, 's', -1, id)
          count(h.queue, 'q', 1, id)
          s.st, s.run = 'q', '0'
          write_state(id, s)
          add_to_lane(h.queue, h.priority, h.type, h.tenant, id)
          wakes.q = true
          return 1
        end
        -- Lets a job go that waits for nothing any more but perhaps its time; 1 when it was moved.
        local function release(id, h, s)
          redis.call('HDEL', base .. 'waits', id)
          if tonumber(s.run) <= t then return queue_now(id, h, s) end
          redis.call('ZADD', base .. 'scheduled', s.run, id)
          wakes.s = true
          return 0
        end
        -- Moves a batch's followers once it is closed and every member has ended; returns how many.
        local function release_followers(batch)
          local key = base .. 'b:' .. batch
          local b = redis.call('HMGET', key, 'open', 'total', 'd', 'f', 'c', 'fin', 'complete', 'success')
          if b[1] ~= '0' or b[6] then return 0 end
          local pending = tonumber(b[2] or 0) - tonumber(b[3] or 0) - tonumber(b[4] or 0) - tonumber(b[5] or 0)
          if pending > 0 then return 0 end
          for i = 7, 8 do
            if b[i] and not (header(b[i]) and state(b[i])) and is_kept(b[i]) then
              -- One that cannot be read: all is looked at again later, without another end to count.
              postpone('untold', { '- n ' .. batch .. ' -' })
              return 0
            end
          end
          redis.call('HSET', key, 'fin', num(t), 'exp', num(t + 86400000000))
          redis.call('ZADD', base .. 'batchexpiry', num(t + 86400000000), batch)
          local moved = 0
          for i = 7, 8 do
            local id = b[i]
            local h = id and header(id)
            local s = h and state(id)
            if s and s.st == 's' and redis.call('HEXISTS', base .. 'waits', id) == 1 then
              if i == 7 or (b[3] or '0') == (b[2] or '0') then
                moved = moved + release(id, h, s)
              else
                finish(id, h, s, 'c', PARENT .. batch)
                moved = moved + 1
              end
            end
          end
          return moved
        end

        """#
}
