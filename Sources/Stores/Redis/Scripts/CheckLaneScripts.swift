import RoostRedis

/// Which of a window of jobs are queued.
///
/// KEYS[1] the namespace's base. ARGV: the id after which the window begins or ``, how many jobs. Returns the last id or `` at
/// the end, then id, lane and state or `` of each queued one.
enum CheckQueuedScript {
    static let script = ScriptPrelude.script(
        "check-queued",
        #"""
        local from, limit = ARGV[1] == '' and '-' or '(' .. ARGV[1], tonumber(ARGV[2])
        local ids = redis.call('ZRANGEBYLEX', base .. 'all', from, '+', 'LIMIT', 0, limit)
        local reply = { #ids == limit and ids[limit] or '' }
        for _, id in ipairs(ids) do
          local text = state_text(id)
          local s = parse_state(text)
          local h = s and s.st == 'q' and header(id)
          if h then
            reply[#reply + 1] = id
            reply[#reply + 1] = h.lane
            reply[#reply + 1] = text or ''
          end
        end
        return reply
        """#)
}

/// One window of the entries of a lane that wait.
///
/// KEYS[1] the namespace's base. ARGV: 1 to repair, the lane, the entry after which the window begins or ``. Returns the last
/// entry, how many there were, findings, then the ids of their jobs. The first window also shows whether the lane is listed.
enum CheckLaneScript {
    static let script = ScriptPrelude.script(
        "check-lane", with: [ScriptPrelude.lanes, StreamScript.functions, CheckScript.functions],
        #"""
        local lane, from = ARGV[2], ARGV[3]
        local stream = base .. 'q:' .. lane
        local entries = waiting_entries(stream, '(' .. (from == '' and delivered(stream) or from), 500)
        if from == '' and #entries > 0 then
          local queue, priority, type, tenant = string.match(lane, '^([^|]+)|(%d+)|([^|]+)|?(.*)$')
          local group, member = lane_key(queue, priority, type), priority .. ':' .. type
          local is_listed = true
          if tenant ~= '' then
            member = member .. '|'
            is_listed = redis.call('ZSCORE', base .. 'turns:' .. group, tenant)
          end
          if not is_listed or not redis.call('ZSCORE', base .. 'lanes:' .. queue, member) then
            find('missing-lane', lane)
            if repair then
              if not is_listed then redis.call('ZADD', base .. 'turns:' .. group, next_turn(group), tenant) end
              redis.call('ZADD', base .. 'lanes:' .. queue, priority, member)
              wake('q')
            end
          end
        end
        local last = #entries > 0 and entries[#entries][1] or from ~= '' and from or delivered(stream)
        local reply = { last, #entries, found }
        for _, entry in ipairs(entries) do reply[#reply + 1] = entry[2][2] end
        return reply
        """#)
}

/// Looks again at queued jobs whose entry was not found, in one step.
///
/// KEYS[1] the namespace's base. ARGV: 1 to repair, the lane, the entry up to which the lane was seen, then id and state or ``
/// of each job when it was listed. Returns findings; `again` when the lane has grown too much since to tell.
enum CheckEntriesScript {
    static let script = ScriptPrelude.script(
        "check-entries", with: [ScriptPrelude.lanes, StreamScript.functions, CheckScript.functions],
        #"""
        local lane, there = ARGV[2], {}
        local later = waiting_entries(base .. 'q:' .. lane, '(' .. ARGV[3], 501)
        if #later > 500 then return 'again' end
        for _, entry in ipairs(later) do there[entry[2][2]] = true end
        for i = 4, #ARGV, 2 do
          local id = ARGV[i]
          local h = header(id)
          -- The same state as before: it was not claimed meanwhile, so its entry should have stood there all the time.
          if h and h.lane == lane and not there[id] and (state_text(id) or '') == ARGV[i + 1] then
            find('missing-entry', id)
            if repair then add_to_lane(h.queue, h.priority, h.type, h.tenant, id) end
          end
        end
        if repair and #found > 0 then wake('q') end
        return found
        """#)
}

/// One window of the entries of a lane that were claimed.
///
/// KEYS[1] the namespace's base. ARGV: 1 to repair, the lane, `-` or `(` and the entry after which the window begins. Returns
/// the last entry or `` at the end, then findings.
enum CheckPendingScript {
    static let script = ScriptPrelude.script(
        "check-pending", with: [ScriptPrelude.lanes, CheckScript.functions],
        #"""
        local lane = ARGV[2]
        local stream = base .. 'q:' .. lane
        local pending = redis.pcall('XPENDING', stream, GROUP, ARGV[3], '+', 500)
        -- No stream or no group: nothing was claimed.
        if pending.err then return { '', found } end
        local lost = {}
        for _, item in ipairs(pending) do
          local entry = redis.call('XRANGE', stream, item[1], item[1])[1]
          local id = entry and entry[2][2]
          local is_there = id and redis.call('EXISTS', base .. 'j:' .. id) == 1
          local s = is_there and state(id)
          if not is_there or s and (s.st ~= 'r' or s.ent ~= item[1]) then
            find('dangling-entry', lane .. ' ' .. item[1])
            lost[#lost + 1] = item[1]
          end
        end
        if repair and #lost > 0 then acknowledge(lane, lost) end
        return { #pending == 500 and pending[500][1] or '', found }
        """#)
}
