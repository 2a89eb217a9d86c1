extension ScriptPrelude {
    /// Keeping records for jobs that name them as parents. After `ends` and `purging`.
    ///
    /// `needed` has a pair of parent and child for each child that has not ended. A parent that ended has no time to go as
    /// long as it has any, and a child is in `watched` until its end, so that no script passes over that.
    static let needs = #"""
        -- A child that has not ended names the parent, whose state is `s`.
        local function need(child, parent, s)
          redis.call('ZADD', base .. 'needed', 0, parent .. ' ' .. child)
          if not is_final(s) then
            local batch = string.match(redis.call('HGET', base .. 'watched', parent) or '-', '^%S+')
            redis.call('HSET', base .. 'watched', parent, batch .. ' 1')
          elseif s.exp ~= '0' then
            s.exp = '0'
            write_state(parent, s)
            redis.call('ZREM', base .. 'expiry', parent)
            if s.st == 'd' then
              -- Out of its group: that has a time to go.
              unlist_done({ parent })
              redis.call('ZADD', base .. 'ix:d', 0, parent)
            end
          end
        end

        """#
}
