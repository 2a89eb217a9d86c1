import RoostRedis

/// Looks whether the jobs of words of the search index are there and have them.
///
/// KEYS[1] the namespace's base. ARGV: 1 to repair, `all` and words, at most 100, or `some`, a word and at most 500 of its
/// jobs. Returns findings, then the words with too many jobs to be looked at here.
enum CheckTermsScript {
    static let script = ScriptPrelude.script(
        "check-terms", with: [CheckScript.functions],
        #"""
        local function look(word, id)
          local key = base .. 't:' .. word
          -- It may have gone since it was listed.
          if not redis.call('ZSCORE', key, id) then return end
          local h, has = header(id), false
          for _, other in ipairs(h and terms_of(h) or {}) do has = has or other == word end
          -- What cannot be read is left alone.
          if has or not h and redis.call('EXISTS', base .. 'j:' .. id) == 1 then return end
          find('dangling-index', 't:' .. word .. ' ' .. id)
          if repair then redis.call('ZREM', key, id) end
        end
        if ARGV[2] == 'some' then
          for i = 4, #ARGV do look(ARGV[3], ARGV[i]) end
          return { found }
        end
        local reply = { found }
        for i = 3, #ARGV do
          local key = base .. 't:' .. ARGV[i]
          if redis.call('ZCARD', key) > 5 then
            reply[#reply + 1] = ARGV[i]
          else
            for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do look(ARGV[i], id) end
          end
        end
        return reply
        """#)
}
