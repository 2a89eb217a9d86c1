extension ScriptPrelude {
    /// Jobs that were done together share a place in the indexes of done jobs: see Documentation/redis-layout.md.
    ///
    /// A place of its own for each job is most of what it costs to end one.
    static let groups = #"""
        -- Groups of ids: the ten characters that jobs accepted in one millisecond share, then the other sixteen of each.
        local function groups_of(ids, first, last)
          local parts, groups, sub = {}, {}, string.sub
          for i = first, last do
            local id = ids[i]
            local head = sub(id, 1, 10)
            local part = parts[head]
            if not part then
              part = { head }
              parts[head] = part
              groups[#groups + 1] = part
            end
            part[#part + 1] = sub(id, 11)
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
}
