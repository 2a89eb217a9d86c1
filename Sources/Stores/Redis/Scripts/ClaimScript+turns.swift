extension ClaimScript {
    /// Out of the lanes of tenants that take turns.
    static let turns = #"""
        local rooms, tenant_starts = {}, {}
        -- How many jobs of a tenant may start.
        local function tenant_room(queue, set, tenant)
          if not set or not (set.tmost or set.trate) then return limit end
          local f = queue .. '|' .. tenant
          if not rooms[f] then
            local room = limit
            if set.tmost then
              room = math.max(0, math.min(room, set.tmost - tonumber(redis.call('HGET', base .. 'live', f) or 0)))
            end
            if set.trate and room > 0 then
              local free, after = rate_room(f, set.trate, set.tperiod, room)
              look_again(after)
              room = free
            end
            rooms[f] = room
          end
          return rooms[f]
        end
        -- Takes at most `want` jobs of a group of tenants, one of each in turn.
        local function take_turns(group, want)
          local key, set, passed = base .. 'turns:' .. group.key, group.set, 0
          local got, is_out = 0, false
          while got < want and looks > 0 do
            local page = math.max(100, want - got)
            local names, able = redis.call('ZRANGE', key, passed, passed + page - 1), {}
            if #names == 0 then
              is_out = true
              break
            end
            for _, tenant in ipairs(names) do
              if #able < want - got and tenant_room(group.queue, set, tenant) > 0 then
                able[#able + 1] = tenant
              elseif #able < want - got then
                passed = passed + 1
              end
            end
            -- More than one of each at once only when all are in sight: so many rounds of turns they get for sure.
            local share = #names < page and #able > 0 and math.floor((want - got) / #able) or 1
            -- Nor than each of them may: who gets less than the others is served before them.
            if share > 1 and set and (set.tmost or set.trate) then
              for _, tenant in ipairs(able) do share = math.min(share, tenant_room(group.queue, set, tenant)) end
            end
            for _, tenant in ipairs(able) do
              local lane = { key = group.key .. '|' .. tenant, queue = group.queue, tenant = tenant }
              local most = math.min(math.max(1, share), want - got, tenant_room(group.queue, set, tenant))
              if most > 0 and looks > 0 then
                local n, out = take(lane, most)
                got = got + n
                if out then
                  redis.call('ZREM', key, tenant)
                  is_out = true
                else
                  redis.call('ZADD', key, next_turn(group.key), tenant)
                end
                if set and (set.tmost or set.trate) then
                  local f = group.queue .. '|' .. tenant
                  rooms[f] = rooms[f] - n
                  if set.trate then tenant_starts[f] = { set, (tenant_starts[f] and tenant_starts[f][2] or 0) + n } end
                end
              end
            end
            if #able == 0 then
              if #names < page then break end
              if passed >= 1000 then
                -- Very many tenants at their limit stand before those that are not: they queue up anew, soon to be passed.
                for _, tenant in ipairs(names) do redis.call('ZADD', key, next_turn(group.key), tenant) end
                look_again(20000)
                break
              end
            end
          end
          return got, is_out and redis.call('EXISTS', key) == 0
        end

        """#
}
