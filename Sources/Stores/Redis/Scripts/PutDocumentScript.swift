import RoostRedis

/// Writes a document when its newest version is the one that was read.
///
/// KEYS[1] the namespace's base. ARGV: collection, name, version to replace, body, the most there may be. Returns the new
/// version, 0 when it is another, -1 when there are too many, -2 when what is there cannot be read.
enum PutDocumentScript {
    static let script = ScriptPrelude.script(
        "put-document", with: [],
        """
        local key = base .. 'docs:' .. ARGV[1]
        local value = redis.call('HGET', key, ARGV[2])
        local version = value and tonumber(string.match(value, '^1 (%d+) ') or '') or 0
        if value and version == 0 then return -2 end
        if num(version) ~= ARGV[3] then return 0 end
        if not value and redis.call('HLEN', key) >= tonumber(ARGV[5]) then return -1 end
        redis.call('HSET', key, ARGV[2], '1 ' .. num(version + 1) .. ' ' .. ARGV[4])
        return version + 1
        """)
}
