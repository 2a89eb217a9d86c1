import RoostRedis

/// Keeps what a handler tells while it runs.
///
/// KEYS[1] the namespace's base. ARGV: id, token, `=` and the progress or ``, bytes a log may have before it is cut, bytes it
/// is cut to, then the lines, escaped. Returns 1, or 0 when the claim is lost.
enum NoteScript {
    static let script = ScriptPrelude.script(
        "note",
        """
        local id, token, progress = ARGV[1], ARGV[2], ARGV[3]
        local s = state(id)
        if not s or s.st ~= 'r' or s.tok ~= token or token == '0' then return 0 end
        if progress ~= '' then redis.call('SET', base .. 'p:' .. id, string.sub(progress, 2)) end
        if #ARGV > 5 then
          local lines, head = {}, num(t) .. ' ' .. s.at .. ' '
          for i = 6, #ARGV do lines[#lines + 1] = head .. ARGV[i] .. '\\n' end
          local key = base .. 'l:' .. id
          local length = redis.call('APPEND', key, table.concat(lines))
          if length > tonumber(ARGV[4]) then
            local tail = redis.call('GETRANGE', key, -tonumber(ARGV[5]), -1)
            redis.call('SET', key, string.sub(tail, string.find(tail, '\\n', 1, true) + 1))
          end
        end
        touch(id)
        write_changes()
        return 1
        """)
}

/// What is kept about a job beside its record.
///
/// KEYS[1] the namespace's base. ARGV: id. Returns progress, log, why somebody wants it cancelled (each or nil), and the
/// failed attempts; nil when there is no such job.
enum NotesScript {
    static let script = ScriptPrelude.script(
        "notes",
        """
        local id = ARGV[1]
        local s = state(id)
        if redis.call('EXISTS', base .. 'j:' .. id) == 0 then return false end
        if s and is_over(s) then return false end
        return { redis.call('GET', base .. 'p:' .. id), redis.call('GET', base .. 'l:' .. id),
                 redis.call('HGET', base .. 'cancels', id), redis.call('LRANGE', base .. 'h:' .. id, 0, -1) }
        """)
}
