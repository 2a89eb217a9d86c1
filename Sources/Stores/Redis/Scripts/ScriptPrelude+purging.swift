extension ScriptPrelude {
    /// How jobs go, with all that points to them. After `ends`; only for scripts that let some go, as each function more is
    /// made anew at each call.
    static let purging = groups + unlisting + deletion

    /// Done jobs out of their indexes. After `groups`.
    private static let unlisting = #"""
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
                local rest = groups_of(left, 1, #left)[1]
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

    private static let deletion = #"""
        -- One that waited goes: another that is given with its id is not to hear of ends that this one waited for.
        local function forget_parents(id)
          for parent in string.gmatch(redis.call('GET', base .. 'parents:' .. id) or '', '%S+') do
            redis.call('SREM', base .. 'kids:' .. parent, id)
            local s = state(parent)
            if s and is_final(s) then redis.call('SREM', base .. 'told:' .. parent .. ':' .. s.fin, id) end
          end
        end
        -- Gathers all that is kept of a job that does not run; `empty_trash` deletes it.
        local trash, gone, unlisted, unnamed = {}, {}, {}, {}
        local function purge(id, h, s)
          count(h.queue, s.st, -1, id)
          for _, word in ipairs(terms_of(h)) do
            unnamed[word] = unnamed[word] or {}
            table.insert(unnamed[word], id)
          end
          for _, kind in ipairs({ 'j:', 's:', 'r:', 'e:', 'p:', 'l:', 'h:', 'parents:' }) do
            trash[#trash + 1] = base .. kind .. id
          end
          gone[#gone + 1] = id
          if is_final(s) then
            unlisted[s.st] = unlisted[s.st] or {}
            table.insert(unlisted[s.st], id)
          else
            redis.call('ZREM', base .. 'scheduled', id)
            if redis.call('HDEL', base .. 'waits', id) == 1 then forget_parents(id) end
            if has_rare() then
              redis.call('ZREM', base .. 'overdue', id)
              tell_if_watched(id, 'c')
            end
          end
          if h.key == '-' then return end
          local key = base .. 'k:' .. string.sub(h.key, 2)
          local holder, till = string.match(redis.call('GET', key) or '', '^(%S+) ?(%d*)$')
          if holder ~= id then return end
          till = tonumber(till)
          if s.st == 'd' and till and till > t then
            -- The period of a job that was done outlives its record.
            redis.call('PEXPIREAT', key, num(math.ceil(till / 1000)))
          else
            trash[#trash + 1] = key
          end
        end
        local function empty_trash()
          if #gone == 0 then return end
          for i = 1, #trash, 1000 do redis.call('UNLINK', unpack(trash, i, math.min(i + 999, #trash))) end
          redis.call('ZREM', base .. 'all', unpack(gone))
          redis.call('ZREM', base .. 'expiry', unpack(gone))
          for letter, ids in pairs(unlisted) do
            if letter == 'd' then unlist_done(ids) else redis.call('ZREM', base .. 'ix:' .. letter, unpack(ids)) end
          end
          for word, ids in pairs(unnamed) do redis.call('ZREM', base .. 't:' .. word, unpack(ids)) end
          trash, gone, unlisted, unnamed = {}, {}, {}, {}
        end

        """#
}
