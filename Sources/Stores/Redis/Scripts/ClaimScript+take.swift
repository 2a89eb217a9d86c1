extension ClaimScript {
    /// Out of one lane.
    static let take = #"""
        -- Entries one claim looks at: behind many that are not to be run any more, the next claim goes on.
        local looks, consumed = limit + 500, 0
        local reply, states, leases, started, again = { -1 }, {}, {}, 0, nil
        -- States are written in the end: who runs by then is known here.
        local block, here = nil, {}
        -- What cannot be read, by its entry's lane: it stays queued.
        local unread = {}
        local function look_again(after)
          if after and (not again or after < again) then again = after end
        end
        local mine, till = ' ' .. worker .. ' ' .. num(t) .. ' 0 0 0 ', num(t + lease)
        -- `s` is its state, nil of a job that was never claimed.
        local function run(id, record, s, lane, entry, is_within)
          started = started + 1
          block = block or new_block()
          local token = block .. string.sub(digits, 3 * started + 1, 3 * started + 3)
          local text, last = nil, ''
          if s then
            s.st, s.at, s.tok, s.own = 'r', s.at + 1, token, worker
            s.sta, s.run, s.ent = num(t), '0', entry
            text = format_state(s)
            if s.at > 1 then last = redis.call('GET', base .. 'e:' .. id) or '' end
          else
            text = '1 r 1 0 ' .. token .. mine .. entry
          end
          if is_within then
            states[2 * started - 1], states[2 * started] = base .. 'j:' .. id, joined(text, nil, record)
          else
            states[2 * started - 1], states[2 * started] = base .. 's:' .. id, text
          end
          leases[2 * started - 1] = till
          leases[2 * started] = id
          local place = 4 * started - 2
          reply[place], reply[place + 1], reply[place + 2], reply[place + 3] = id, record, text, last
          if is_observed() then
            count(lane.queue, 'q', -1, id)
            count(lane.queue, 'r', 1, id)
          end
          count_live(lane.queue, lane.tenant, 1, id)
        end
        -- Takes at most `want` entries of a lane; returns how many of their jobs run, and whether the lane is empty now.
        local function take_once(lane, want)
          local stream, entries = base .. 'q:' .. lane.key, read_key == lane.key and read_entries
          if entries then
            read_key = nil
          else
            entries = read_lane(lane.key, want)
          end
          looks = looks - math.max(1, #entries)
          if #entries == 0 then return 0, true end
          consumed = consumed + #entries
          local keys, ghosts, before = {}, {}, started
          for i, entry in ipairs(entries) do
            keys[2 * i - 1] = base .. 'j:' .. entry[2][2]
            keys[2 * i] = base .. 's:' .. entry[2][2]
          end
          local found = redis.call('MGET', unpack(keys))
          for i, entry in ipairs(entries) do
            local id, record, within = entry[2][2], parts(found[2 * i - 1])
            local text = found[2 * i] or within
            local s = text and parse_state(text)
            local v, space = string.byte(record or '', 1, 2)
            -- Only records of the second format may have a time limit.
            local h = v == 50 and parse_header(record)
            if not record or s and s.st ~= 'q' or here[id] then
              -- Deleted, cancelled, or put into its lane twice: nothing to run.
              ghosts[#ghosts + 1] = entry[1]
            elseif text and not s or not h and (v ~= 49 or space ~= 32) then
              -- Of a later release: to the end of its lane again, once all lanes were gone through.
              here[id] = true
              ghosts[#ghosts + 1] = entry[1]
              unread[#unread + 1] = { lane, id }
              consumed = consumed - 1
            else
              local at = h and overdue_at(h, s or parse_state(nil))
              if at and at <= t then
                end_overdue(id, h, s or parse_state(nil))
                ghosts[#ghosts + 1] = entry[1]
              else
                here[id] = true
                if at then redis.call('ZADD', base .. 'overdue', -1, id) end
                run(id, record, s, lane, entry[1], within or not text and takes_state(record))
              end
            end
          end
          if started > before and not is_observed() then
            count(lane.queue, 'q', before - started)
            count(lane.queue, 'r', started - before)
          end
          if #ghosts > 0 then acknowledge(lane.key, ghosts) end
          local is_empty = #entries < want
          if not is_empty then
            is_empty = #redis.call('XRANGE', stream, '(' .. entries[#entries][1], '+', 'COUNT', 1) == 0
          end
          return started - before, is_empty
        end
        -- Not more of them than a claim looks at, and each once: whoever can read them finds them there.
        local function put_back()
          for _, item in ipairs(unread) do
            local queue, priority, type = string.match(item[1].key, '^([^|]+)|(%d+)|([^|]+)')
            add_to_lane(queue, priority, type, item[1].tenant, item[2])
          end
          -- No wake-up, or those who cannot read them would wake each other for ever.
          if #unread > 0 and looks <= 0 then look_again(1000000) end
        end
        -- Takes jobs of a lane until `want` run, it is empty, or enough was looked at.
        local function take(lane, want)
          local got, is_empty = 0, false
          while got < want and not is_empty and looks > 0 do
            local n
            n, is_empty = take_once(lane, want - got)
            got = got + n
          end
          return got, is_empty
        end

        """#
}
