/// What sentinels and the nodes of a cluster say of the servers there are. Anything malformed in it is passed over.
enum RedisReplies {
    /// The most servers that are remembered, whoever names more.
    static let mostServers = 64

    /// The reply to SENTINEL GET-MASTER-ADDR-BY-NAME.
    static func master(_ reply: RedisValue) -> RedisEndpoint? {
        guard let parts = reply.elements, parts.count == 2 else { return nil }
        return RedisEndpoint(told: parts[0].text, parts[1].int)
    }

    /// The other sentinels, from the reply to SENTINEL SENTINELS: names and values of each.
    static func sentinels(_ reply: RedisValue) -> [RedisEndpoint] {
        (reply.elements ?? []).prefix(mostServers).compactMap { element in
            let parts = element.elements ?? []
            func value(_ name: String) -> RedisValue? {
                guard let place = stride(from: 0, to: parts.count - 1, by: 2).first(where: { parts[$0].text == name })
                else { return nil }
                return parts[place + 1]
            }
            return RedisEndpoint(told: value("ip")?.text, value("port")?.int)
        }
    }

    /// What `+switch-master` announces: name, former address, new address.
    static func switched(_ payload: [UInt8], master: String) -> (from: RedisEndpoint, to: RedisEndpoint)? {
        let words = String(decoding: payload.prefix(2048), as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 5, words[0] == master, let from = RedisEndpoint(told: words[1], Int64(words[2])),
            let to = RedisEndpoint(told: words[3], Int64(words[4]))
        else { return nil }
        return (from, to)
    }

    /// Who owns the slot, and every node that is named, from the reply to CLUSTER SLOTS of a node at `asked`.
    static func slots(
        _ reply: RedisValue, slot: Int, asked: RedisEndpoint
    ) -> (owner: RedisEndpoint?, nodes: [RedisEndpoint]) {
        var owner: RedisEndpoint?
        var nodes: [RedisEndpoint] = []
        for range in (reply.elements ?? []).prefix(RedisSlot.count) {
            guard let parts = range.elements, parts.count > 2, let first = parts[0].int, let last = parts[1].int else {
                continue
            }
            let named = parts.dropFirst(2).prefix(mostServers).compactMap { node($0, asked: asked) }
            for node in named where nodes.count < mostServers && !nodes.contains(node) { nodes.append(node) }
            if first <= slot, slot <= last { owner = node(parts[2], asked: asked) }
        }
        return (owner, nodes)
    }

    /// A node that does not know its own name means: where you reached me.
    private static func node(_ value: RedisValue, asked: RedisEndpoint) -> RedisEndpoint? {
        guard let parts = value.elements, parts.count > 1 else { return nil }
        let host = parts[0].text ?? ""
        return RedisEndpoint(told: host.isEmpty ? asked.host : host, parts[1].int)
    }
}

extension RedisServerError {
    /// Where a MOVED sends us; the endpoint is nil when it names no host.
    var redirection: (slot: Int, endpoint: RedisEndpoint?)? {
        guard code == "MOVED" else { return nil }
        let words = message.split(separator: " ")
        guard words.count >= 2, let slot = Int(words[0]), let colon = words[1].lastIndex(of: ":") else { return nil }
        let port = Int64(words[1][words[1].index(after: colon)...])
        return (slot, RedisEndpoint(told: String(words[1][..<colon]), port))
    }
}
