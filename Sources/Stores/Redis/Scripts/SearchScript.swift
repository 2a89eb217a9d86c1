import RoostRedis

/// One window of the newest jobs, filtered.
///
/// KEYS[1] the namespace's base. ARGV: jobs to look at (at most 500), the id before which the window begins or ``, the last
/// id it may have or ``, then what must hold, each `` for whatever: state letter, queue, type, tenant, worker, part of the
/// error in small letters; then words of the index. Returns how many were looked at, the last of them, then the ids that
/// match.
///
/// With words it goes through the jobs that have the rarest, else through those that ended so, else through all.
enum SearchScript {
    static let script = ScriptPrelude.script(
        "search", with: [ScriptPrelude.groups, newest],
        #"""
        local window, letter = tonumber(ARGV[1]), ARGV[4]
        local first = 10
        local key, rarest, least = base .. 'all', nil, nil
        for i = first, #ARGV do
          local n = redis.call('ZCARD', base .. 't:' .. ARGV[i])
          if not least or n < least then rarest, least = i, n end
        end
        if rarest then
          key = base .. 't:' .. ARGV[rarest]
        elseif letter == 'f' or letter == 'c' then
          key = base .. 'ix:' .. letter
        end
        local ids
        if not rarest and letter == 'd' then
          ids = newest_done(ARGV[2], ARGV[3], window)
        else
          ids = redis.call('ZREVRANGEBYLEX', key, ARGV[2] == '' and '+' or '(' .. ARGV[2],
            ARGV[3] == '' and '-' or '[' .. ARGV[3], 'LIMIT', 0, window)
        end
        local reply = { #ids, ids[#ids] or '' }
        for i = first, #ARGV do
          if i ~= rarest and #ids > 0 then
            local places, both = redis.call('ZMSCORE', base .. 't:' .. ARGV[i], unpack(ids)), {}
            for n, id in ipairs(ids) do
              if places[n] then both[#both + 1] = id end
            end
            ids = both
          end
        end
        if #ids == 0 then return reply end
        local found = state_texts(ids)
        local function is(wanted, value) return wanted == '' or wanted == value end
        local needs_header = rarest or ARGV[5] ~= '' or ARGV[6] ~= '' or ARGV[7] ~= ''
        local function fits(id, s)
          if not s or is_over(s) or not is(letter, s.st) or not is(ARGV[8], s.own) then return false end
          if needs_header then
            local h = header(id)
            if not h or not is(ARGV[5], h.queue) or not is(ARGV[6], h.type) or not is(ARGV[7], h.tenant) then
              return false
            end
          end
          if ARGV[9] == '' then return true end
          local error = redis.call('GET', base .. 'e:' .. id)
          return error and string.find(string.lower(error), ARGV[9], 1, true)
        end
        for i, id in ipairs(ids) do
          if fits(id, parse_state(found[i])) then reply[#reply + 1] = id end
        end
        return reply
        """#)

    /// Groups are in order of milliseconds; the jobs of one are sorted here.
    private static let newest = #"""
        local function newest_done(below, lowest, most)
          local ids, found, head = {}, {}, nil
          local from = below == '' and '+' or '(' .. string.sub(below, 1, 10) .. '~'
          local till = lowest == '' and '-' or '[' .. string.sub(lowest, 1, 10)
          local function close()
            table.sort(found, function(a, b) return a > b end)
            for _, id in ipairs(found) do
              if #ids < most and (below == '' or id < below) and id >= lowest then ids[#ids + 1] = id end
            end
            found = {}
          end
          local page
          repeat
            page = redis.call('ZREVRANGEBYLEX', base .. 'ix:d', from, till, 'LIMIT', 0, 50)
            for _, group in ipairs(page) do
              if string.sub(group, 1, 10) ~= head then
                close()
                head = string.sub(group, 1, 10)
              end
              for _, id in ipairs(ids_of(group)) do found[#found + 1] = id end
            end
            from = '(' .. (page[#page] or '')
          until #page < 50 or #ids == most
          close()
          return ids
        end

        """#
}
