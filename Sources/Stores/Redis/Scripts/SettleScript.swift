import RoostRedis

/// Records how attempts ended, each checked against its token.
///
/// KEYS[1] the namespace's base. ARGV, nine for each: id, token, outcome (`d` done, `f` failed, `c` cancelled, `y` retry,
/// `b` released, `z` snoozed), queue, priority, type, tenant or ``, µs (time
/// to live for d f c, delay for y z), bytes (result or error).
/// Returns 1 (recorded, now or by an earlier call) or 0 (lease lost) for each.
enum SettleScript {
    static let script = ScriptPrelude.script(
        "settle", with: [ScriptPrelude.lanes, ScriptPrelude.ends, ScriptPrelude.limits, decide], write
    ).confirmed

    /// What becomes of each; nothing is written.
    private static let decide = #"""
        local n = #ARGV / 9
        local ids = {}
        for i = 1, n do ids[i] = ARGV[i * 9 - 8] end
        local found = state_texts(ids)
        -- What few jobs have: a wish to cancel, somebody who waits for the end, a time limit.
        local wishes, watches, times = {}, {}, {}
        if has_rare() then
          wishes = redis.call('HMGET', base .. 'cancels', unpack(ids))
          watches = redis.call('HMGET', base .. 'watched', unpack(ids))
          times = redis.call('ZMSCORE', base .. 'overdue', unpack(ids))
        end
        local reply, items, seen, asked = {}, {}, {}, { '*' }
        for i = 1, n do
          local a = i * 9 - 8
          local s = found[i] and parse_state(found[i])
          if not s or s.tok ~= ARGV[a + 1] then
            reply[i] = 0
          else
            reply[i] = 1
            -- Otherwise the same ticket again: the first call was recorded and its reply lost.
            if s.st == 'r' and not seen[ids[i]] then
              seen[ids[i]] = true
              local item = { id = ids[i], s = s, outcome = ARGV[a + 2], queue = ARGV[a + 3], priority = ARGV[a + 4],
                             type = ARGV[a + 5], tenant = ARGV[a + 6] ~= '' and ARGV[a + 6] or nil,
                             span = tonumber(ARGV[a + 7]), bytes = ARGV[a + 8], wish = wishes[i], watch = watches[i],
                             entry = s.ent }
              item.fails = item.outcome == 'y' or item.outcome == 'f'
              item.error = item.bytes
              item.h = (item.wish or times[i]) and header(item.id)
              item.timed = times[i]
              if item.wish and item.outcome ~= 'd' and item.outcome ~= 'f' then
                item.outcome, item.bytes, item.span = 'c', item.wish, item.h and item.h.ttl or 0
              elseif item.outcome == 'z' or item.outcome == 'b' then
                s.at = s.at - 1
              end
              local last = item.h and tonumber(item.h.d)
              if last and t + item.span >= last
                and (item.outcome == 'y' or (item.outcome == 'z' and item.span > 0)) then
                if item.outcome == 'z' then item.bytes = DEADLINE end
                item.outcome, item.span = 'f', DEAD_TTL
              end
              asked[#asked + 1] = item.queue
              items[#items + 1] = item
            end
          end
        end
        if #items == 0 then return reply end
        local set = settings(asked)

        """#

    private static let write = #"""
        local states, acks, leases, expiry, index, due, texts, told = {}, {}, {}, {}, {}, {}, {}, {}
        local done, failed, retried = 0, 0, 0
        for i, item in ipairs(items) do leases[i] = item.id end
        -- First a write that a full server allows: it then lets the script finish, so that work drains.
        redis.call('ZREM', base .. 'leases', unpack(leases))
        for _, item in ipairs(items) do
          local id, s, outcome, queue = item.id, item.s, item.outcome, item.queue
          local lane = lane_key(queue, item.priority, item.type, item.tenant)
          -- Where the state is in the job's own key, that is written anew.
          local record, within = parts(peek(id))
          local result
          if not within then record = nil end
          acks[lane] = acks[lane] or {}
          table.insert(acks[lane], item.entry)
          if item.fails then note_failure(id, s, item.error) end
          s.ent = '-'
          count(queue, 'r', -1, id)
          count_live(queue, item.tenant, -1, id)
          if item.wish then redis.call('HDEL', base .. 'cancels', id) end
          if outcome == 'd' or outcome == 'f' or outcome == 'c' then
            s.st, s.fin, s.exp = outcome, num(t), num(t + item.span)
            if item.watch and is_watched_for(id, item.watch) then
              s.exp = '0'
            else
              expiry[#expiry + 1] = s.exp
              expiry[#expiry + 1] = id
            end
            index[outcome] = index[outcome] or {}
            table.insert(index[outcome], 0)
            table.insert(index[outcome], id)
            count(queue, outcome, 1, id)
            if outcome ~= 'd' or not record or #item.bytes > \#(ScriptPrelude.small.result) then
              texts[#texts + 1] = base .. (outcome == 'd' and 'r:' or 'e:') .. id
              texts[#texts + 1] = item.bytes
            else
              result = item.bytes
            end
            if outcome == 'd' then
              done = done + 1
              if s.at > 1 then redis.call('DEL', base .. 'e:' .. id) end
            elseif outcome == 'f' then
              failed = failed + 1
            end
            if item.timed then redis.call('ZREM', base .. 'overdue', id) end
            if item.watch then told[#told + 1] = item end
          else
            if outcome == 'y' then
              retried = retried + 1
              texts[#texts + 1] = base .. 'e:' .. id
              texts[#texts + 1] = item.bytes
            end
            if outcome ~= 'b' and item.span > 0 then
              s.st, s.run = 's', num(t + item.span)
              due[#due + 1] = s.run
              due[#due + 1] = id
              count(queue, 's', 1, id)
              wakes.s = true
            else
              s.st = 'q'
              add_to_lane(queue, item.priority, item.type, item.tenant, id)
              count(queue, 'q', 1, id)
              wakes.q = true
            end
            if item.timed and item.h then watch_time(id, item.h, s) end
          end
          states[#states + 1] = base .. (record and 'j:' or 's:') .. id
          states[#states + 1] = record and joined(format_state(s), result, record) or format_state(s)
          -- Room under a limit is room for a claim that waits.
          if (set[queue] and set[queue].limited) or (set['*'] and set['*'].limited) then wakes.q = true end
        end
        redis.call('MSET', unpack(states))
        if #texts > 0 then redis.call('MSET', unpack(texts)) end
        if #expiry > 0 then redis.call('ZADD', base .. 'expiry', unpack(expiry)) end
        for outcome, members in pairs(index) do redis.call('ZADD', base .. 'ix:' .. outcome, unpack(members)) end
        if #due > 0 then redis.call('ZADD', base .. 'scheduled', unpack(due)) end
        -- Once all states are written: one may be of the parent of another.
        for _, item in ipairs(told) do tell(item.id, item.outcome, item.watch) end
        for lane, entries in pairs(acks) do acknowledge(lane, entries) end
        write_counts()
        total('done', done)
        total('failed', failed)
        total('retried', retried)
        write_wakes()
        return reply
        """#
}
