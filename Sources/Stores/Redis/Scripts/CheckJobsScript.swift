import RoostRedis

/// Counts jobs anew, window by window beside running work, and looks at each.
///
/// KEYS[1] the namespace's base. ARGV: 1 to repair, a token of this check's own, the id after which the window begins or ``, how
/// many jobs (0: give up). Returns the last id or `` at the end, how many jobs there were, findings; `busy` when another check counts,
/// `lost` when this one was given up for dead.
///
/// While the hash `recount` is there, every script that moves a job at or before its field `passed` changes its sums as it
/// changes `counts`: so both are the same in the end, in one step, whatever went on meanwhile.
enum CheckJobsScript {
    static let script = ScriptPrelude.script(
        "check-jobs", with: [ScriptPrelude.ends, ScriptPrelude.purging, ScriptPrelude.needs, CheckScript.functions],
        #"""
        local token, after, limit = ARGV[2], ARGV[3], tonumber(ARGV[4])
        local key = base .. 'recount'
        if after == '' then
          if redis.call('EXISTS', key) == 1 then return 'busy' end
          redis.call('HSET', key, 'token', token, 'passed', '')
        elseif redis.call('HGET', key, 'token') ~= token then
          return 'lost'
        end
        if limit == 0 then return redis.call('DEL', key) end
        redis.call('PEXPIRE', key, 60000)
        local is_told = redis.call('EXISTS', base .. 'ended', base .. 'untold') == 0
        -- A job that waits for others: each of them knows it, unless it ended and all of that was told.
        local function look_at_parents(id, h)
          if not h.p or not is_told then return end
          local parents, known, bad, unread = {}, 0, nil, false
          for parent in string.gmatch(redis.call('GET', base .. 'parents:' .. id) or '', '%S+') do
            known = known + redis.call('SISMEMBER', base .. 'kids:' .. parent, id)
            local p = header(parent) and state(parent)
            unread = unread or not p and redis.call('EXISTS', base .. 'j:' .. parent) == 1
            if not p or p.st ~= 'd' then bad = bad or { parent, p and p.st or 'c' } end
            parents[#parents + 1] = parent
          end
          -- What became of one that cannot be read, nobody here knows.
          if unread or tostring(known) == redis.call('HGET', base .. 'waits', id) then return end
          find('untold-end', id)
          if not repair then return end
          redis.call('HSET', base .. 'waits', id, math.max(1, known))
          if known > 0 then return end
          if #parents == 0 then
            redis.call('HDEL', base .. 'waits', id)
            redis.call('ZADD', base .. 'scheduled', num(t), id)
            return wake('s')
          end
          -- It hears once more of the one that decides, and goes the usual way.
          local parent, letter = bad and bad[1] or parents[1], bad and bad[2] or 'd'
          redis.call('SADD', base .. 'told:' .. parent .. ':' .. num(t), id)
          redis.call('RPUSH', base .. 'ended', parent .. ' ' .. letter .. ' - ' .. parent .. ':' .. num(t))
          wake('s')
        end
        -- A job that has not ended keeps its parents. One of a release that knew nothing of it is not watched for that.
        local function look_at_needs(id, h)
          if not h.p or redis.call('HEXISTS', base .. 'watched', id) == 0 then return end
          for parent in string.gmatch(redis.call('GET', base .. 'parents:' .. id) or '', '%S+') do
            local ph = header(parent)
            local p = ph and state(parent)
            -- One that was accepted later is another job with the id of a parent that had gone.
            if p and ph.inserted <= h.inserted and not is_over(p) and not redis.call('ZSCORE', base .. 'needed', parent .. ' ' .. id) then
              find('missing-index', 'needed ' .. parent .. ' ' .. id)
              if repair then need(id, parent, p) end
            end
          end
        end
        -- The member of the index of done jobs that has this one.
        local homes = {}
        local function home(id)
          local head = string.sub(id, 1, 10)
          if not homes[head] then
            local at = {}
            for _, group in ipairs(groups_at(head)) do
              for _, member in ipairs(ids_of(group)) do at[member] = group end
            end
            homes = { [head] = at }
          end
          return homes[head][id]
        end
        local function has_end(id, index, s)
          local member = id
          if s.st == 'd' then member = home(id) end
          if not member then return false end
          return redis.call('ZSCORE', base .. index, member)
        end
        local function look_at(id, h, s)
          for _, word in ipairs(terms_of(h)) do
            if not redis.call('ZSCORE', base .. 't:' .. word, id) then
              find('missing-index', 't:' .. word .. ' ' .. id)
              if repair then redis.call('ZADD', base .. 't:' .. word, 0, id) end
            end
          end
          if not is_final(s) then look_at_needs(id, h) end
          if s.st == 's' then
            if redis.call('HEXISTS', base .. 'waits', id) == 1 then
              look_at_parents(id, h)
            elseif not redis.call('ZSCORE', base .. 'scheduled', id) then
              find('missing-schedule', id)
              if repair then
                redis.call('ZADD', base .. 'scheduled', s.run == '0' and num(t) or s.run, id)
                wake('s')
              end
            end
          elseif s.st == 'r' then
            if not redis.call('ZSCORE', base .. 'leases', id) then
              find('missing-lease', id)
              if repair then redis.call('ZADD', base .. 'leases', num(t), id) end
            end
          elseif is_final(s) then
            if not redis.call('ZSCORE', base .. 'expiry', id) and not has_end(id, 'expiry-groups', s)
              and not (s.exp == '0' and is_needed(id)) then
              find('missing-expiry', id)
              if repair then redis.call('ZADD', base .. 'expiry', s.exp ~= '0' and s.exp or num(t + h.ttl), id) end
            end
            if not has_end(id, 'ix:' .. s.st, s) then
              find('missing-index', 'ix:' .. s.st .. ' ' .. id)
              if repair then redis.call('ZADD', base .. 'ix:' .. s.st, 0, id) end
            end
          end
        end
        local ids = redis.call('ZRANGEBYLEX', base .. 'all', after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, limit)
        local sums, jobs, unreadable = {}, 0, 0
        local function sum(f) sums[f] = (sums[f] or 0) + 1 end
        for _, id in ipairs(ids) do
          local h, s = header(id), state(id)
          if h and s then
            jobs = jobs + 1
            sum(h.queue .. ' ' .. s.st)
            if s.st == 'r' and h.tenant then sum(h.queue .. '|' .. h.tenant) end
            look_at(id, h, s)
          elseif redis.call('EXISTS', base .. 'j:' .. id) == 1 then
            unreadable = unreadable + 1
            find('unreadable', 'job ' .. id)
          else
            find('dangling-index', 'all ' .. id)
            if repair then redis.call('ZREM', base .. 'all', id) end
          end
        end
        for f, n in pairs(sums) do redis.call('HINCRBY', key, f, n) end
        if unreadable > 0 then redis.call('HINCRBY', key, 'unreadable', unreadable) end
        if #ids == limit then
          redis.call('HSET', key, 'passed', ids[limit])
          return { ids[limit], jobs, found }
        end
        -- All are counted, as of now.
        local function map(name)
          local flat, fields = redis.call('HGETALL', name), {}
          for i = 1, #flat, 2 do fields[flat[i]] = tonumber(flat[i + 1]) or 0 end
          return fields
        end
        local new = map(key)
        redis.call('DEL', key)
        -- What cannot be read cannot be counted.
        if new.unreadable then return { '', jobs, found } end
        local function compare(name, pattern)
          local old, all = map(base .. name), {}
          for f in pairs(old) do all[f] = true end
          for f in pairs(new) do if string.find(f, pattern) then all[f] = true end end
          for f in pairs(all) do
            local is, was = new[f] or 0, old[f] or 0
            if is ~= was then
              find('count-drift', f .. ': ' .. num(was) .. ' instead of ' .. num(is))
              if repair and is == 0 then redis.call('HDEL', base .. name, f) end
              if repair and is ~= 0 then redis.call('HSET', base .. name, f, num(is)) end
            end
          end
        end
        compare('counts', '^%S+ %a$')
        compare('live', '|')
        if repair and #found > 0 then wake('q') end
        return { '', jobs, found }
        """#)
}
