extension ScriptPrelude {
    /// Into lanes and out of them.
    static let lanes = #"""
        local listed, turns = {}, {}
        -- The number of the turn after all that were given out for a lane's tenants.
        local function next_turn(lane)
          if not turns[lane] then
            local last = redis.call('ZREVRANGE', base .. 'turns:' .. lane, 0, 0, 'WITHSCORES')
            turns[lane] = tonumber(last[2] or 0)
          end
          turns[lane] = turns[lane] + 1
          return turns[lane]
        end
        -- Puts a job at the end of its lane; the lane is listed as one with something to deliver. Jobs of tenants have
        -- a lane for each tenant, listed in their order of turns, and all of them stand for one lane of the band.
        local function add_to_lane(queue, priority, type, tenant, id)
          local lane = lane_key(queue, priority, type, tenant)
          redis.call('XADD', base .. 'q:' .. lane, '*', 'id', id)
          if listed[lane] then return end
          listed[lane] = true
          local member = priority .. ':' .. type
          if tenant then
            local group = lane_key(queue, priority, type)
            if not redis.call('ZSCORE', base .. 'turns:' .. group, tenant) then
              redis.call('ZADD', base .. 'turns:' .. group, next_turn(group), tenant)
            end
            member = member .. '|'
          end
          redis.call('ZADD', base .. 'lanes:' .. queue, priority, member)
        end
        -- Acknowledges entries of a lane and lets go of what nobody needs any more: everything before the oldest
        -- pending entry was delivered and acknowledged.
        local function acknowledge(lane, entries)
          local stream = base .. 'q:' .. lane
          redis.call('XACK', stream, GROUP, unpack(entries))
          local pending = redis.call('XPENDING', stream, GROUP)
          local floor = pending[2]
          if pending[1] == 0 then
            -- Nothing is pending: all that was delivered is done with.
            for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
              local g = {}
              for i = 1, #group, 2 do g[group[i]] = group[i + 1] end
              if g.name == GROUP then
                local ms, seq = string.match(g['last-delivered-id'], '^(%d+)-(%d+)$')
                floor = ms .. '-' .. num(tonumber(seq) + 1)
              end
            end
          end
          local left = #entries - redis.call('XTRIM', stream, 'MINID', '=', floor)
          if left ~= 0 then
            local garbage = redis.call('HINCRBY', base .. 'garbage', lane, left)
            if garbage > 5000 then
              redis.call('HINCRBY', base .. 'garbage', lane, -redis.call('XDEL', stream, unpack(entries)))
            end
          end
        end

        """#
}
