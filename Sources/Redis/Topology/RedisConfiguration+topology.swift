extension RedisConfiguration {
    /// The most servers a URL may name.
    private static let mostSeeds = 32

    /// Reads what stands between `redis+sentinel://` and the query.
    mutating func readSentinels(_ text: Substring) throws(RedisError) {
        let authority = text.prefix { $0 != "/" }
        let master = try Self.decoded(text[authority.endIndex...].dropFirst(), "a master's name")
        guard (1...128).contains(master.utf8.count), master.utf8.allSatisfy({ $0 > 32 && $0 != 127 && $0 != 0x2F })
        else { throw Self.bad("needs the master's name behind the sentinels: redis+sentinel://host:26379/mymaster") }
        topology = .sentinel(master: master)
        seeds = try Self.endpoints(try readCredentials(authority), port: 26379)
    }

    /// Reads what stands between `redis+cluster://` and the query.
    mutating func readNodes(_ text: Substring) throws(RedisError) {
        let authority = text.prefix { $0 != "/" }
        guard text[authority.endIndex...].dropFirst().isEmpty else {
            throw Self.bad("has a path: a Redis Cluster has one database, and the slot follows from the cluster's name")
        }
        topology = .cluster
        seeds = try Self.endpoints(try readCredentials(authority), port: 6379)
    }

    private static func endpoints(_ text: Substring, port: Int) throws(RedisError) -> [RedisEndpoint] {
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        guard words.count <= mostSeeds else { throw bad("names more than \(mostSeeds) servers") }
        var endpoints: [RedisEndpoint] = []
        for word in words { endpoints.append(try endpoint(word, port: port)) }
        return endpoints
    }
}
