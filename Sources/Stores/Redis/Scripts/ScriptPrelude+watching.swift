import RoostJobs

extension ScriptPrelude {
    /// Who hears of what a script changes: those who watch a job, the feed of ends, a check that counts anew.
    static let watching = #"""
        local function wake(what) redis.call('PUBLISH', base .. 'wake', what) end
        -- One look a script whether there is anybody: where nobody is, none pays.
        local observed, passed
        local function is_observed()
          if observed == nil then
            observed = redis.call('EXISTS', base .. 'recount', base .. 'watching', base .. 'feed') > 0
            if observed then passed = redis.call('HGET', base .. 'recount', 'passed') end
          end
          return observed
        end
        local touched, changes, ends = {}, {}, {}
        -- Something about the job changes.
        local function touch(id)
          if touched[id] or not is_observed() then return end
          touched[id] = true
          changes[#changes + 1] = id
        end
        local function write_ends()
          if #ends == 0 or redis.call('EXISTS', base .. 'feed') == 0 then return end
          for _, ended in ipairs(ends) do
            redis.call('XADD', base .. 'ends', 'MAXLEN', '~', \#(JobEnd.mostKept), '*', 'id', ended[1], 'state', ended[2])
          end
          wake('e')
        end
        -- Tells of all that was touched. After everything else was written.
        local function write_changes()
          local heard = {}
          for i = 1, #changes, 500 do
            local last = math.min(i + 499, #changes)
            local till = redis.call('ZMSCORE', base .. 'watching', unpack(changes, i, last))
            for k = i, last do
              local time = till[k - i + 1]
              if time and tonumber(time) > t then heard[#heard + 1] = changes[k] end
            end
          end
          if #heard > 0 then wake('c' .. table.concat(heard, ' ')) end
          write_ends()
          touched, changes, ends = {}, {}, {}
        end
        """#
}
