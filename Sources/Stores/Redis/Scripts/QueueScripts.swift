import RoostJobs
import RoostRedis

/// Changes a queue's settings.
///
/// KEYS[1] the namespace's base. ARGV: queue or `*`, the most queues that may have settings, then the nine words after the
/// format's version, `` for what stays. Returns the settings' text; `full` or `format` when nothing was done.
enum SetQueueScript {
    static let script = ScriptPrelude.script(
        "setqueue",
        """
        local old = redis.call('HGET', base .. 'queues', ARGV[1])
        if not old and redis.call('HLEN', base .. 'queues') >= tonumber(ARGV[2]) then return 'full' end
        local words = {}
        for word in string.gmatch(old or '1 0 - - - - - - -', '%S+') do words[#words + 1] = word end
        if words[1] ~= '1' or #words < 9 or #words > 10 then return 'format' end
        words[10] = words[10] or '1'
        for i = 2, 10 do
          if ARGV[i + 1] ~= '' then words[i] = ARGV[i + 1] end
        end
        -- The previous release knows nine words: the tenth is only there where it is needed.
        local text = table.concat(words, ' ', 1, words[10] == '1' and 9 or 10)
        if text == '1 0 - - - - - - -' then
          redis.call('HDEL', base .. 'queues', ARGV[1])
        else
          redis.call('HSET', base .. 'queues', ARGV[1], text)
        end
        wake('q')
        return text
        """)
}

/// The first jobs that wait in queues.
///
/// KEYS[1] the namespace's base. ARGV: queues, at most 10. Returns for each a list: when its lanes' first queued jobs were
/// accepted, µs. At most 50 streams a queue, of 10 tenants a lane, and 10 entries of each are looked at: who has more gets an
/// estimate.
enum QueueHeadsScript {
    static let script = ScriptPrelude.script(
        "heads", with: [StreamScript.functions],
        """
        local reply = {}
        for q, queue in ipairs(ARGV) do
          local found, left = {}, 50
          local function look(key)
            left = left - 1
            if left < 0 then return end
            local stream = base .. 'q:' .. key
            for _, entry in ipairs(waiting_entries(stream, '(' .. delivered(stream), 10)) do
              local id = entry[2][2]
              local h, s = header(id), state(id)
              if h and s and s.st == 'q' then
                found[#found + 1] = num(h.inserted)
                return
              end
            end
          end
          for _, member in ipairs(redis.call('ZRANGE', base .. 'lanes:' .. queue, 0, 49)) do
            local key = queue .. '|' .. string.gsub(member, ':', '|', 1)
            if string.sub(member, -1) == '|' then
              local group = string.sub(key, 1, -2)
              for _, tenant in ipairs(redis.call('ZRANGE', base .. 'turns:' .. group, 0, 9)) do
                look(key .. tenant)
              end
            else
              look(key)
            end
          end
          reply[q] = found
        end
        return reply
        """)
}

/// What lanes' streams tell, for the scripts that only look.
enum StreamScript {
    static let functions = """
        -- The last entry of a lane's stream that was delivered: those after it wait.
        local function delivered(stream)
          local groups = redis.pcall('XINFO', 'GROUPS', stream)
          if groups.err then
            -- A lane that does not exist yet, or no more.
            if not string.find(groups.err, 'no such key') then error(groups.err) end
            return '0-0'
          end
          for _, group in ipairs(groups) do
            local g = {}
            for i = 1, #group, 2 do g[group[i]] = group[i + 1] end
            if g.name == GROUP then return g['last-delivered-id'] end
          end
          return '0-0'
        end
        local function waiting_entries(stream, from, limit)
          return redis.call('XRANGE', stream, from, '+', 'COUNT', limit)
        end

        """
}
