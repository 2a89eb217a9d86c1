import RoostRedis

/// Forgets consumers that are long gone and own nothing: looked at and deleted in one step, for the entries of a deleted
/// consumer are lost.
///
/// KEYS[1] the stream. ARGV: group, the consumer that stays, ms without a sign of life. Returns how many went.
enum IngestForgetScript {
    static let script = RedisScript(
        name: "ingest-forget",
        source: """
            local gone = 0
            for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
              local c = {}
              for i = 1, #consumer, 2 do c[consumer[i]] = consumer[i + 1] end
              if c.pending == 0 and c.name ~= ARGV[2] and c.idle > tonumber(ARGV[3]) and gone < 100 then
                redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], c.name)
                gone = gone + 1
              end
            end
            return gone
            """)
}

/// The first entry a consumer owns, its values cut to what can be dealt with.
///
/// KEYS[1] the stream. ARGV: group, consumer, the entry behind which to look. Returns entries as XREADGROUP does, one at most:
/// 50 fields, 1 MiB and a byte of a value, 4 MiB in all.
enum IngestLookScript {
    static let script = RedisScript(
        name: "ingest-look",
        source: """
            local from = ARGV[3] == '0' and '-' or '(' .. ARGV[3]
            local id = redis.call('XPENDING', KEYS[1], ARGV[1], from, '+', 1, ARGV[2])[1]
            if not id then return {} end
            local entry = redis.call('XRANGE', KEYS[1], id[1], id[1])[1]
            if not entry then return { { id[1], {} } } end
            local fields, left = {}, 4194304
            for i = 1, math.min(#entry[2], 100) do
              local cut = string.sub(entry[2][i], 1, math.min(1048577, left))
              left = left - #cut
              fields[i] = cut
            end
            return { { id[1], fields } }
            """)
}
