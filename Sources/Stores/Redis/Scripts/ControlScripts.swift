import RoostRedis

/// Calls a job off: ends one that waits, keeps the wish for one that runs.
///
/// KEYS[1] the namespace's base. ARGV: id, reason. Returns `c` (cancelled now), `r` and the worker (it runs), `e` and the
/// state's letter (it had ended), `u` (it cannot be read), or nothing.
enum CancelScript {
    static let script = ScriptPrelude.script(
        "cancel", with: [ScriptPrelude.ends, ScriptPrelude.later],
        #"""
        local id, reason = ARGV[1], ARGV[2]
        local h = header(id)
        local s = h and state(id)
        if not s then return is_kept(id) and { 'u' } or {} end
        if is_over(s) then return {} end
        if is_final(s) then return { 'e', s.st } end
        if s.st == 'r' then
          -- A write that a full server allows comes first.
          redis.call('DEL', base .. 'none')
          if redis.call('HSETNX', base .. 'cancels', id, reason) == 1 then
            wake('x' .. id)
            touch(id)
            write_changes()
          end
          return { 'r', s.own }
        end
        finish(id, h, s, 'c', reason)
        write_counts()
        write_wakes()
        return { 'c' }
        """#)
}

/// Queues a dead letter or a cancelled job again.
///
/// KEYS[1] the namespace's base. ARGV: id. Returns `q` (queued), the letter of the state that keeps it from that, `u` (it
/// cannot be read) or nil.
enum ReplayScript {
    static let script = ScriptPrelude.script(
        "replay",
        with: [
            ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.purging, ScriptPrelude.needs, ScriptPrelude.later,
        ],
        #"""
        local id = ARGV[1]
        local h = header(id)
        local s = h and state(id)
        if not s then return is_kept(id) and 'u' end
        if is_over(s) then return false end
        if s.st ~= 'f' and s.st ~= 'c' then return s.st ~= 'q' and s.st or 'Q' end
        local function is_free(key)
          local holder, till = string.match(redis.call('GET', key) or '', '^(%S+) ?(%d*)$')
          if not holder then return true end
          local other = header(holder) and state(holder)
          local is_unread = not other and is_kept(holder)
          if other and is_over(other) then other = nil end
          if other and (other.st == 'f' or other.st == 'c') then return true end
          if till ~= '' then return tonumber(till) <= t end
          return not other and not is_unread
        end
        local key = h.key ~= '-' and base .. 'k:' .. string.sub(h.key, 2)
        local takes = key and is_free(key)
        count(h.queue, s.st, -1, id)
        count(h.queue, 'q', 1, id)
        redis.call('ZREM', base .. 'ix:' .. s.st, id)
        redis.call('ZREM', base .. 'expiry', id)
        -- The state is written anew below: a record that grows shorter may take it in.
        redis.call('DEL', base .. 'e:' .. id, base .. 'r:' .. id, base .. 's:' .. id)
        if h.x or h.d then
          -- Its time limits were for the first life. The one case in which a record is written again.
          local line, payload = string.match(parts(redis.call('GET', base .. 'j:' .. id)), '^([^\n]*)(\n.*)$')
          local head, fields = string.match(line, '^2 (.*) (%S+)$')
          local kept = {}
          for letter, value in string.gmatch(fields, '(%a)=([^;]+)') do
            if letter ~= 'x' and letter ~= 'd' then kept[#kept + 1] = letter .. '=' .. value end
          end
          line = #kept == 0 and '1 ' .. head or '2 ' .. head .. ' ' .. table.concat(kept, ';')
          redis.call('SET', base .. 'j:' .. id, line .. payload)
        end
        s.st, s.before, s.cr, s.fin, s.exp, s.run = 'q', s.at, 0, '0', '0', '0'
        write_state(id, s)
        if takes then redis.call('SET', key, id) end
        -- It needs its parents again, as far as they are there, and may be needed itself.
        if h.p then
          for parent in string.gmatch(redis.call('GET', base .. 'parents:' .. id) or '', '%S+') do
            local other = header(parent) and state(parent)
            if other and not is_over(other) then need(id, parent, other) end
          end
        end
        local needed = is_needed(id)
        if h.p or needed then redis.call('HSET', base .. 'watched', id, needed and '- 1' or '- 2') end
        add_to_lane(h.queue, h.priority, h.type, h.tenant, id)
        wakes.q = true
        write_counts()
        write_wakes()
        return 'q'
        """#)
}

/// Deletes a job that does not run, with all that is kept about it.
///
/// KEYS[1] the namespace's base. ARGV: id. Returns 1 (gone), 0 (it runs), -1 (there is none) or -2 (it cannot be read).
enum DeleteScript {
    static let script = ScriptPrelude.script(
        "delete", with: [ScriptPrelude.ends, ScriptPrelude.purging, ScriptPrelude.later],
        #"""
        local id = ARGV[1]
        local h = header(id)
        local s = h and state(id)
        if not s then return is_kept(id) and -2 or -1 end
        if is_over(s) then return -1 end
        if s.st == 'r' then return 0 end
        redis.call('DEL', base .. 'none')
        purge(id, h, s)
        empty_trash()
        write_counts()
        write_wakes()
        return 1
        """#)
}

/// Keeps as a dead letter what is no job.
///
/// KEYS[1] the namespace's base. ARGV: error, then the ten of `EnqueueScript`. Returns 1, or 0 when the id is there.
enum BuryScript {
    static let script = ScriptPrelude.script(
        "bury", with: [ScriptPrelude.lanes, EnqueueScript.functions],
        #"""
        local job = read_jobs(2)[1]
        local id = job.id
        if look(id) or is_unread(id) then return 0 end
        job.b, job.P = nil, nil
        local h, line = make_header(job)
        local s = parse_state(nil)
        begin(1)
        if seen[id] then
          purge(id, seen[id].h, seen[id].s)
          empty_trash()
        end
        redis.call('SET', base .. 'j:' .. id, line .. job.payload)
        redis.call('ZADD', base .. 'all', 0, id)
        add_terms(id, h)
        count(h.queue, 'q', 1, id)
        finish(id, h, s, 'f', ARGV[1])
        write_counts()
        return 1
        """#
    ).confirmed
}
