import RoostJobs
import RoostRedis

/// Takes back claims whose lease ran out.
///
/// KEYS[1] the namespace's base. ARGV: limit, crashes that make a dead letter, the longest time in µs between two sweeps
/// that is normal, how long in µs to wait after a longer one. Returns id and `q` (queued again), `f` (dead) or `c`
/// (cancelled) for each.
///
/// When no sweep came for long, the server stood still or its clock was set: then leases ran out that nobody could extend,
/// and all get the time for it before any is taken back. A ledger that nobody ever swept has no last sweep: then the oldest
/// claim among those that ran out stands for it, since none came while that job ran.
///
/// A claim of a job that cannot be read is left to a later release, which is given a minute before this is looked at again.
enum ReclaimScript {
    static let script = ScriptPrelude.script(
        "reclaim", with: [ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.later, takeBack],
        #"""
        local function oldest_claim()
          local oldest
          for _, id in ipairs(redis.call('ZRANGEBYSCORE', base .. 'leases', '-inf', num(t), 'LIMIT', 0, 1000)) do
            local s = state(id)
            if s and s.st == 'r' then oldest = math.min(oldest or t, tonumber(s.sta)) end
          end
          return oldest
        end
        local last, grace = string.match(redis.call('GET', base .. 'sweep') or '', '^(%d+) (%d+)$')
        last, grace = tonumber(last or oldest_claim() or t), tonumber(grace or 0)
        if t - last > tonumber(ARGV[3]) then grace = t + tonumber(ARGV[4]) end
        -- A write that a full server allows comes first: lost jobs are rescued also then.
        redis.call('DEL', base .. 'none')
        redis.call('SET', base .. 'sweep', num(t) .. ' ' .. num(grace))
        if t < grace then return {} end
        local limit, looks = tonumber(ARGV[1]), 500
        while limit > 0 and looks > 0 do
          local most, ids = math.min(limit, looks), nil
          ids = redis.call('ZRANGEBYSCORE', base .. 'leases', '-inf', num(t), 'LIMIT', 0, most)
          local over, lost, unread = {}, {}, {}
          for _, id in ipairs(ids) do
            local h, s = header(id), state(id)
            if (not h or not s) and is_kept(id) then
              unread[#unread + 1] = id
            else
              over[#over + 1] = id
              if h and s and s.st == 'r' then lost[#lost + 1] = { id, h, s } end
            end
          end
          if #over > 0 then redis.call('ZREM', base .. 'leases', unpack(over)) end
          postpone('leases', unread)
          for _, job in ipairs(lost) do take_back(unpack(job)) end
          limit, looks = limit - #lost, looks - #ids
          if #ids < most then break end
        end
        return taken_back()
        """#)

    /// `take_back(id, h, s)` takes one claim back; `taken_back()` finishes and returns the reply.
    static let takeBack = #"""
        local reply = {}
        local function take_back(id, h, s)
          local entry = s.ent
          s.cr, s.tok, s.ent = s.cr + 1, '0', '-'
          local is_poison = s.cr >= tonumber(ARGV[2])
          local error = is_poison
            and '\#(ErrorText.poisonStart)' .. s.cr .. '\#(ErrorText.poisonMiddle)' .. s.own .. ')'
            or '\#(ErrorText.workerLost)'
          note_failure(id, s, error)
          count_live(h.queue, h.tenant, -1, id)
          local wish = has_rare() and redis.call('HGET', base .. 'cancels', id)
          if wish then
            finish(id, h, s, 'c', wish)
          elseif is_poison then
            finish(id, h, s, 'f', error)
          else
            count(h.queue, 'r', -1, id)
            count(h.queue, 'q', 1, id)
            s.st = 'q'
            write_state(id, s)
            add_to_lane(h.queue, h.priority, h.type, h.tenant, id)
            if h.x or h.d then watch_time(id, h, s) end
          end
          acknowledge(h.lane, { entry })
          reply[#reply + 1] = id
          reply[#reply + 1] = s.st
        end
        local function taken_back()
          if #reply > 0 then
            write_counts()
            total('reclaimed', #reply / 2)
            wakes.q = true
            write_wakes()
          end
          return reply
        end

        """#
}

/// Takes back the claims of a worker known to be dead, whatever their lease.
///
/// KEYS[1] the namespace's base. ARGV: limit, crashes that make a dead letter, worker, cursor over the leases (0 at first).
/// Returns the next cursor (0: all were looked at), then as `ReclaimScript`. Looks at some 500 running jobs.
enum ReclaimWorkerScript {
    static let script = ScriptPrelude.script(
        "reclaim-worker", with: [ScriptPrelude.lanes, ScriptPrelude.ends, ReclaimScript.takeBack],
        #"""
        local page = redis.call('ZSCAN', base .. 'leases', ARGV[4], 'COUNT', 500)
        local ids, lost = {}, {}
        for i = 1, #page[2], 2 do ids[#ids + 1] = page[2][i] end
        local found = #ids > 0 and state_texts(ids) or {}
        local full = false
        for i, id in ipairs(ids) do
          local s = found[i] and parse_state(found[i])
          if s and s.st == 'r' and s.own == ARGV[3] then
            full = #lost >= tonumber(ARGV[1])
            if full then break end
            -- What cannot be read is left to its lease.
            local h = header(id)
            if h then lost[#lost + 1] = { id, h, s } end
          end
        end
        -- Those beyond the limit are found again from the same place.
        local cursor = full and ARGV[4] or page[1]
        if #lost > 0 then
          for i, job in ipairs(lost) do ids[i] = job[1] end
          redis.call('ZREM', base .. 'leases', unpack(ids, 1, #lost))
          for _, job in ipairs(lost) do take_back(unpack(job)) end
        end
        taken_back()
        table.insert(reply, 1, cursor)
        return reply
        """#)
}
