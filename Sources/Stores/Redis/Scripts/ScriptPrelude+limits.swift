extension ScriptPrelude {
    /// What holds for queues.
    static let limits = #"""
        -- Settings of a later release are an error to who must keep to them (`is_strict`), none to others.
        local function settings(queues, is_strict)
          local texts, found = redis.call('HMGET', base .. 'queues', unpack(queues)), {}
          for i, text in ipairs(texts) do
            if text then
              local v, paused, most, rate, period, tmost, trate, tperiod, quota =
                string.match(text, '^(%d+) (%d) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)')
              if v ~= '1' and is_strict then
                error('the settings of queue ' .. queues[i] .. ' are of an unknown format')
              end
              found[queues[i]] = v == '1' and {
                paused = paused == '1', most = tonumber(most), rate = tonumber(rate), period = tonumber(period),
                tmost = tonumber(tmost), trate = tonumber(trate), tperiod = tonumber(tperiod),
                quota = tonumber(quota), limited = most ~= '-' or rate ~= '-' or tmost ~= '-' or trate ~= '-' } or nil
            end
          end
          return found
        end
        -- How many of `want` jobs a rate lets start now, and if none, the µs until one may. The list has the newest
        -- start first: the k-th from now may come when the one `rate` starts before it has left the window.
        local function rate_room(name, rate, period, want)
          want = math.min(want, rate)
          local starts = redis.call('LRANGE', base .. 'rate:' .. name, rate - want, rate - 1)
          local room = want - #starts
          for i = #starts, 1, -1 do
            if tonumber(starts[i]) + period > t then break end
            room = room + 1
          end
          return room, room == 0 and tonumber(starts[#starts]) + period - t
        end
        local function note_starts(name, rate, period, n)
          local times = {}
          for i = 1, n do times[i] = num(t) end
          redis.call('LPUSH', base .. 'rate:' .. name, unpack(times))
          redis.call('LTRIM', base .. 'rate:' .. name, 0, rate - 1)
          redis.call('PEXPIRE', base .. 'rate:' .. name, num(math.ceil(period / 1000)))
        end

        """#
}
