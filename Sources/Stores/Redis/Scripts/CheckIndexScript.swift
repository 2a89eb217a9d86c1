import RoostRedis

/// Looks whether members of an index are where it says.
///
/// KEYS[1] the namespace's base. ARGV: 1 to repair, the index, its members, at most 500. Returns findings.
enum CheckIndexScript {
    static let script = ScriptPrelude.script(
        "check-index", with: [ScriptPrelude.ends, ScriptPrelude.purging, CheckScript.functions],
        #"""
        local index = ARGV[2]
        local letters = { scheduled = 's', leases = 'r', expiry = 'dfc', overdue = 'sqr', cancels = 'r', waits = 's',
                          watched = 'sqr', ['ix:d'] = 'd', ['ix:f'] = 'f', ['ix:c'] = 'c' }
        local kept = { slots = 'cron', lastslots = 'cron' }
        local is_hash = redis.call('TYPE', base .. index).ok == 'hash'
        local function fits(member)
          if kept[index] then return redis.call('HEXISTS', base .. kept[index], member) == 1 end
          if index == 'batchexpiry' then return redis.call('EXISTS', base .. 'b:' .. member) == 1 end
          if index == 'needed' then
            local parent, child = string.match(member, '^(%S+) (%S+)$')
            local s = child and redis.call('EXISTS', base .. 'j:' .. child) == 1 and state(child)
            local parents = s and redis.call('GET', base .. 'parents:' .. child)
            return s == nil or s and not is_final(s) and parents and string.find(parents, parent, 1, true)
          end
          if redis.call('EXISTS', base .. 'j:' .. member) == 0 then return false end
          local s = state(member)
          -- What cannot be read is left alone.
          return not s or string.find(letters[index], s.st, 1, true)
        end
        -- A group's jobs are done, and its time to go is that of a group there is.
        local function look_at_group(group)
          if index == 'ix:d' and #group % 16 == 10 then
            for _, id in ipairs(ids_of(group)) do
              if not fits(id) then
                find('dangling-index', index .. ' ' .. id)
                if repair then unlist_done({ id }) end
              end
            end
          elseif index == 'ix:d' or not redis.call('ZSCORE', base .. 'ix:d', group) then
            find('dangling-index', index .. ' ' .. group)
            if repair then redis.call('ZREM', base .. index, group) end
          end
        end
        for i = 3, #ARGV do
          local member = ARGV[i]
          -- It may have gone since it was listed.
          local is_there =
            redis.call(is_hash and 'HEXISTS' or 'ZSCORE', base .. index, member) ~= (is_hash and 0 or false)
          if is_there and (index == 'ix:d' or index == 'expiry-groups') then
            look_at_group(member)
          elseif is_there and not fits(member) then
            if index == 'watched' then
              -- Its end was not told: its batch counts it yet, its children hear of it.
              local s = redis.call('EXISTS', base .. 'j:' .. member) == 1 and state(member)
              find('untold-end', index .. ' ' .. member)
              if repair then tell(member, s and s.st or 'c', redis.call('HGET', base .. index, member)) end
            else
              find('dangling-index', index .. ' ' .. member)
              if repair then redis.call(is_hash and 'HDEL' or 'ZREM', base .. index, member) end
              -- Nothing keeps the parent any more.
              if repair and index == 'needed' then expire_unneeded(string.match(member, '^%S*')) end
            end
          end
        end
        write_wakes()
        return found
        """#)
}
