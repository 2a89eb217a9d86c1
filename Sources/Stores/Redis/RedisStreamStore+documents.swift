public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    /// Reads the names, then the documents a part at a time: what is written meanwhile may be in it or not.
    public func documents(in collection: String) async throws(StoreError) -> [Document] {
        try StoreRequest.check(names: collection)
        let key = keys.documents(collection)
        let names = (try await send(RedisCommand("HKEYS", key)).elements ?? []).compactMap(\.text).sorted()
        var documents: [Document] = []
        var rest = names[...]
        while !rest.isEmpty {
            let part = rest.prefix(100)
            rest = rest.dropFirst(part.count)
            var command = RedisCommand("HMGET", key)
            for name in part { command.append(name) }
            let values = try await send(command).elements ?? []
            for (name, value) in zip(part, values) {
                // One that is gone by now is no document any more.
                guard let bytes = value.bytes else { continue }
                documents.append(try Self.document(name, bytes))
            }
        }
        return documents
    }

    public func document(_ name: String, in collection: String) async throws(StoreError) -> Document? {
        try StoreRequest.check(names: name, collection)
        guard let bytes = try await send(RedisCommand("HGET", keys.documents(collection), name)).bytes else {
            return nil
        }
        return try Self.document(name, bytes)
    }

    public func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int? {
        try StoreRequest.check(names: name, collection)
        try StoreRequest.check(body: body)
        let reply = try await evaluate(PutDocumentScript.script) { command in
            command.append(collection)
            command.append(name)
            command.append(version)
            command.append(body)
            command.append(Document.mostInCollection)
        }
        switch reply.int {
        case 0: return nil
        case -1: throw StoreRequest.collectionIsFull
        case let version? where version > 0: return Int(clamping: version)
        default: throw Self.unreadable(name)
        }
    }

    public func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool {
        try StoreRequest.check(names: name, collection)
        return try await send(RedisCommand("HDEL", keys.documents(collection), name)).int == 1
    }

    public func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError) {
        try StoreRequest.check(names: log)
        try StoreRequest.check(body: entry)
        _ = try await evaluate(AppendLogScript.script) { command in
            command.append(log)
            command.append(StoreRequest.kept(keeping))
            command.append(entry)
        }
    }

    public func entries(
        of log: String, before position: Int64?, limit: Int
    ) async throws(StoreError) -> [StoredEntry] {
        try StoreRequest.check(names: log)
        if let position, position <= 0 { return [] }
        let newest = position.map { String($0 - 1) } ?? "+"
        let reply = try await send(
            RedisCommand("XREVRANGE", keys.log(log), newest, "-", "COUNT", String(StoreRequest.page(limit))))
        return try (reply.elements ?? []).map { element throws(StoreError) in
            guard let parts = element.elements, parts.count == 2,
                let position = parts[0].text.flatMap({ Int64($0.prefix { $0 != "-" }) }),
                let fields = parts[1].elements, fields.count >= 4, let at = fields[1].int, let body = fields[3].bytes
            else { throw Self.unreadable(log) }
            return StoredEntry(position: position, at: Timestamp(microseconds: at), body: body)
        }
    }

    public func spend(
        _ amount: Int, of meter: String, limit: Int, period: Duration
    ) async throws(StoreError) -> Allowance {
        try StoreRequest.check(names: meter)
        let spending = Spending(amount: amount, limit: limit, period: period)
        let reply = try await evaluate(SpendScript.script) { command in
            command.append(meter)
            command.append(spending.amount)
            command.append(spending.limit)
            command.append(spending.period)
        }
        guard let parts = reply.elements, parts.count == 3, let isGranted = parts[0].int, let remaining = parts[1].int,
            let resetsIn = parts[2].int
        else { throw StoreError(.corrupt, "spend: unexpected reply") }
        return Allowance(
            isGranted: isGranted == 1, remaining: Int(clamping: remaining), resetsIn: .microseconds(resetsIn))
    }

    /// A document from what is kept: `1 <version> <body>`.
    private static func document(_ name: String, _ bytes: [UInt8]) throws(StoreError) -> Document {
        guard let document = DocumentText.parse(bytes, name: name) else { throw unreadable(name) }
        return document
    }

    private static func unreadable(_ name: String) -> StoreError {
        StoreError(.corrupt, "\(name) is of an unknown format")
    }
}
