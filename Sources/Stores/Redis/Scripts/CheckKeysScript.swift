import RoostRedis

/// Looks whether keys belong to something that is there.
///
/// KEYS[1] the namespace's base. ARGV: 1 to repair, then keys without the base, at most 500. Returns findings.
enum CheckKeysScript {
    static let script = ScriptPrelude.script(
        "check-keys", with: [ScriptPrelude.ends, CheckScript.functions],
        #"""
        local function has(key) return redis.call('EXISTS', base .. key) == 1 end
        local function drop(kind, key)
          find(kind, key)
          if repair then redis.call('UNLINK', base .. key) end
        end
        local kinds = { s = 'orphan-state', r = 'orphan-result', e = 'orphan-result', p = 'orphan-note', l = 'orphan-note',
                        h = 'orphan-note', parents = 'orphan-note', bm = 'orphan-note' }
        local is_told = redis.call('EXISTS', base .. 'ended', base .. 'untold') == 0
        for i = 2, #ARGV do
          local key = ARGV[i]
          local kind, name = string.match(key, '^(%a+):(.*)$')
          -- It may have gone since it was listed.
          if kind and has(key) then
            if kind == 'j' then
              if not redis.call('ZSCORE', base .. 'all', name) then
                find('missing-index', 'all ' .. name)
                if repair then redis.call('ZADD', base .. 'all', 0, name) end
              end
            elseif kind == 'bm' then
              if not has('b:' .. name) then drop(kinds[kind], key) end
            elseif kinds[kind] then
              -- A record that has its state before it has no other.
              local is_double = kind == 's' and string.sub(peek(name), 1, 2) == '3 '
              if is_double or not has('j:' .. name) then drop(kinds[kind], key) end
            elseif kind == 'k' then
              local id, till = string.match(redis.call('GET', base .. key), '^(%S+) ?(%d*)$')
              local blob = id and head(id) or ''
              local h = parse_header(blob)
              -- A period outlives the record of its job.
              local keeps = blob == '' and (tonumber(till) or 0) > t
              if not keeps and (blob == '' or h and h.key ~= '=' .. name) then drop('dangling-key', key) end
            elseif kind == 'kids' then
              local blob = head(name)
              local s = state(name)
              if blob == '' or parse_header(blob) and s and is_final(s) then
                find('untold-end', key)
                local batch = string.match(redis.call('HGET', base .. 'watched', name) or '-', '^%S+')
                if repair then tell(name, blob == '' and 'c' or s.st, batch .. ' 1') end
              end
            elseif kind == 'meter' then
              if redis.call('PTTL', base .. key) == -1 then
                find('missing-expiry', key)
                -- No window is longer: what was taken in it stays taken.
                if repair then redis.call('PEXPIRE', base .. key, 31 * 86400000) end
              end
            elseif kind == 'told' and is_told then
              local parent = string.match(name, '^[^:]+')
              local is_there = has('j:' .. parent)
              local s = is_there and state(parent)
              -- How one ended that cannot be read, nobody here knows.
              local is_known = s or not is_there
              if is_known then find('untold-end', key) end
              if is_known and repair then
                local letter = s and is_final(s) and s.st or 'c'
                redis.call('RPUSH', base .. 'ended', parent .. ' ' .. letter .. ' - ' .. name)
                wakes.s = true
              end
            end
          end
        end
        write_wakes()
        return found
        """#)
}
