extension ScriptPrelude {
    /// How large a record may be that has its state before it, bytes; and a result that stands between them.
    static let small = (record: 1024, result: 512)

    /// Where a job's record, state and result are: a small record has the others in its own key, all others have keys of their
    /// own. One key instead of three is a quarter less for the server to do from a job's claim to its end.
    ///
    /// A namespace keeps to this from its first job on, or never: see `layout` in Documentation/redis-layout.md.
    static let places = #"""
        -- Takes a job's key apart: record, text of the state and result, the last two nil if they are not in it.
        local function parts(blob)
          if not blob or string.sub(blob, 1, 2) ~= '3 ' then return blob end
          local line, from = string.match(blob, '^3 ([^\n]*)\n()')
          local text, size, before =
            string.match(line or '', '^(%a %d+ %d+ %d+ %S+ %d+ %d+ %d+ %d+ %S+) ?(%-?%d*) ?(%d*)$')
          size = tonumber(size)
          -- Neither a record nor a state that anybody knows.
          if not text or size and (size < 0 or size > \#(small.result)) then return blob, '3' end
          text = before ~= '' and '2 ' .. text .. ' ' .. before or '1 ' .. text
          return string.sub(blob, from + (size or 0)), text, size and string.sub(blob, from, from + size - 1)
        end
        local function joined(text, result, record)
          local fields, before = string.sub(text, 3), ''
          if string.sub(text, 1, 1) == '2' then
            fields, before = string.match(fields, '^(.*) (%d+)$')
            before = ' ' .. before
          end
          local size = result and ' ' .. #result or before ~= '' and ' -' or ''
          return '3 ' .. fields .. size .. before .. '\n' .. (result or '') .. record
        end
        local joins
        -- Whether a record without a state of its own yet takes it in.
        local function takes_state(record)
          if #record > \#(small.record) then return false end
          if joins == nil then joins = redis.call('GET', base .. 'layout') == '3' end
          return joins
        end
        -- The beginning of a job's key; `?` where somebody put something of another type. That costs this job, and not those
        -- that a script has to do with besides.
        local function first_bytes(id, last)
          local blob = redis.pcall('GETRANGE', base .. 'j:' .. id, 0, last)
          return type(blob) == 'string' and blob or '?'
        end
        -- The beginning of a record, the whole header in it: only one with long searchable fields needs more than a look.
        -- With a state before it, all of it is in the first look.
        local function peek(id) return first_bytes(id, 2047) end
        local function head(id)
          local blob = parts(peek(id))
          if #blob == 2048 and not string.find(blob, '\n', 1, true) then
            blob = first_bytes(id, 8191)
          end
          return blob
        end
        local function state_within(id)
          local blob = first_bytes(id, 511)
          local _, text = parts(blob)
          -- Whether a record of a later release has a state in it, and which, nobody here knows.
          if not text and blob ~= '' and not string.find(blob, '^[12] ') then return '?' end
          return text
        end
        local function state_text(id) return redis.call('GET', base .. 's:' .. id) or state_within(id) end
        -- The same of many; false for those never claimed.
        local function state_texts(ids)
          local keys = {}
          for i, id in ipairs(ids) do keys[i] = base .. 's:' .. id end
          local found = redis.call('MGET', unpack(keys))
          for i, id in ipairs(ids) do found[i] = found[i] or state_within(id) or false end
          return found
        end
        """#

    /// Accepting jobs. Needs the clock alone; nobody asks `takes_state` before.
    static let beginning = #"""
        -- Jobs are accepted. The first of a namespace decide where it keeps states.
        local function begin(n)
          if n == 0 or redis.call('HINCRBY', base .. 'totals', 'enqueued', n) ~= n then return end
          -- Where jobs were claimed before, the sums were deleted.
          if redis.call('EXISTS', base .. 'fence') == 0 then redis.call('SET', base .. 'layout', 3, 'NX') end
        end

        """#

    /// After the functions for states.
    static let writing = #"""
        -- Writes where a job is; queued and never claimed is the absence of a state. What is done keeps its result.
        local function write_state(id, s)
          local is_new = s.st == 'q' and s.at == 0 and s.cr == 0 and s.before == 0 and s.tok == '0'
          local text, blob = not is_new and format_state(s), peek(id)
          local record, before, result = parts(blob)
          if blob ~= '' and blob ~= '?' and (before or takes_state(record)) then
            redis.call('SET', base .. 'j:' .. id, text and joined(text, s.st == 'd' and result or nil, record) or record)
          elseif text then
            redis.call('SET', base .. 's:' .. id, text)
          else
            redis.call('DEL', base .. 's:' .. id)
          end
        end

        """#
}
