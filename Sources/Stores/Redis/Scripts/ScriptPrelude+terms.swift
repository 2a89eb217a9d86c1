extension ScriptPrelude {
    /// The index of tags and searchable fields. A header with `y` says that the index has the job.
    static let terms = #"""
        -- The words the index has of a job.
        local function terms_of(h)
          local words = {}
          if h.y then
            for word in string.gmatch((h.g or '') .. ',' .. (h.s or ''), '[^,]+') do words[#words + 1] = word end
          end
          return words
        end
        """#

    /// Adding to it. After `terms`.
    static let indexing = #"""
        local searchable = {}
        -- Whether a queue's jobs are put into the index: the tenth word of its settings is 0 where they are not.
        local function is_searchable(queue)
          if searchable[queue] == nil then
            local text = redis.call('HGET', base .. 'queues', queue) or ''
            searchable[queue] = select(2, string.gsub(text, '%S+', '')) < 10 or string.sub(text, -2) ~= ' 0'
          end
          return searchable[queue]
        end
        local function add_terms(id, h)
          for _, word in ipairs(terms_of(h)) do redis.call('ZADD', base .. 't:' .. word, 0, id) end
        end

        """#
}
