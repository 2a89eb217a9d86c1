extension ScriptPrelude {
    /// Jobs that were done together share a place in the indexes of done jobs: see Documentation/redis-layout.md.
    ///
    /// A place of its own for each job is most of what it costs to end one.
    static let groups = #"""
        -- Groups of ids: the ten characters that jobs accepted in one millisecond share, then the other sixteen of each.
        local function groups_of(ids)
          local parts, groups = {}, {}
          for _, id in ipairs(ids) do
            local head = string.sub(id, 1, 10)
            local part = parts[head]
            if not part then
              part = { head }
              parts[head] = part
              groups[#groups + 1] = part
            end
            part[#part + 1] = string.sub(id, 11)
          end
          for i, part in ipairs(groups) do groups[i] = table.concat(part) end
          return groups
        end
        local function ids_of(group)
          local head, ids = string.sub(group, 1, 10), {}
          for i = 11, #group, 16 do ids[#ids + 1] = head .. string.sub(group, i, i + 15) end
          return ids
        end
        -- The groups of one millisecond.
        local function groups_at(head)
          return redis.call('ZRANGEBYLEX', base .. 'ix:d', '[' .. head, '(' .. head .. '~')
        end

        """#

    /// Done jobs out of their indexes, and where one is in them. After `groups`.
    static let unlisting = #"""
        -- Takes ids out of the groups of one millisecond.
        local function shrink(head, lost)
          for _, group in ipairs(groups_at(head)) do
            local all, left = ids_of(group), {}
            for _, id in ipairs(all) do
              if not lost[id] then left[#left + 1] = id end
            end
            if #left < #all then
              local till = redis.call('ZSCORE', base .. 'expiry-groups', group)
              redis.call('ZREM', base .. 'ix:d', group)
              redis.call('ZREM', base .. 'expiry-groups', group)
              if #left > 0 then
                local rest = groups_of(left)[1]
                redis.call('ZADD', base .. 'ix:d', 0, rest)
                if till then redis.call('ZADD', base .. 'expiry-groups', till, rest) end
              end
            end
          end
        end
        local function unlist_done(ids)
          redis.call('ZREM', base .. 'expiry-groups', unpack(ids))
          local places, alone, lost = redis.call('ZMSCORE', base .. 'ix:d', unpack(ids)), {}, {}
          for i, id in ipairs(ids) do
            if places[i] then
              alone[#alone + 1] = id
            else
              local head = string.sub(id, 1, 10)
              lost[head] = lost[head] or {}
              lost[head][id] = true
            end
          end
          if #alone > 0 then redis.call('ZREM', base .. 'ix:d', unpack(alone)) end
          for head, set in pairs(lost) do shrink(head, set) end
        end

        """#
}
