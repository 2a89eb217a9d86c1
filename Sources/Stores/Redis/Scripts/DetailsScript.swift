import RoostRedis

/// Everything about some jobs, as of one moment.
///
/// KEYS[1] the namespace's base. ARGV: ids. Returns for each id nil when there is no such job, else record, state or ``, result,
/// error, progress, log, why somebody wants it cancelled (each or nil), the failed attempts, and what WaitScript says of one
/// that is scheduled or queued (nothing of others). Behind them, where one is queued, the texts of the notices of workers that
/// hold: `most` of them are perhaps not all.
enum DetailsScript {
    /// The most notices of a reply.
    static let most = 500

    static let script = ScriptPrelude.script(
        "details", with: [StreamScript.functions, ScriptPrelude.waits],
        """
        local reply, isQueued = {}, false
        for i, id in ipairs(ARGV) do
          local found = redis.call('MGET', base .. 'j:' .. id, base .. 's:' .. id, base .. 'r:' .. id, base .. 'e:' .. id,
                                   base .. 'p:' .. id, base .. 'l:' .. id)
          local record, text, result = parts(found[1])
          text = found[2] or text
          local s = parse_state(text)
          reply[i] = false
          if record and not (s and is_over(s)) then
            local failures, wish, waits = {}, false, {}
            -- A state that this version does not know is the reader's to refuse.
            if s then
              if s.at > 1 or s.cr > 0 or s.before > 0 or s.st ~= 'r' and s.st ~= 'd' and (s.st ~= 'q' or s.at > 0) then
                failures = redis.call('LRANGE', base .. 'h:' .. id, 0, -1)
              end
              if s.st == 'r' then wish = redis.call('HGET', base .. 'cancels', id) end
              if s.st == 's' or s.st == 'q' then
                local h = parse_header(record)
                waits = h and waits_of(id, h, s) or {}
                isQueued = isQueued or s.st == 'q'
              end
            end
            reply[i] = { record, text or '', result or found[3], found[4], found[5], found[6], wish, failures, waits }
          end
        end
        if isQueued then
          local workers, keys = redis.call('ZRANGEBYSCORE', base .. 'workers', '(' .. num(t), '+inf', 'LIMIT', 0, \(most)), {}
          for i, worker in ipairs(workers) do keys[i] = base .. 'w:' .. worker end
          reply[#ARGV + 1] = #keys > 0 and redis.call('MGET', unpack(keys)) or keys
        end
        return reply
        """)
}
