extension ScriptPrelude {
    /// Jobs of a later release: no script changes what it cannot read, and none goes on as if it were not there.
    static let later = #"""
        local LATER = 60000000
        -- Whether there is a record, even if it cannot be read.
        local function is_kept(id) return redis.call('EXISTS', base .. 'j:' .. id) == 1 end
        -- Moves jobs that cannot be read back in an index: out of the way of others, to be looked at again.
        local function postpone(index, ids)
          if #ids == 0 then return end
          local places = {}
          for i, id in ipairs(ids) do
            places[2 * i - 1] = num(t + LATER)
            places[2 * i] = id
          end
          redis.call('ZADD', base .. index, unpack(places))
        end

        """#
}
