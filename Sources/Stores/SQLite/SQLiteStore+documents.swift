public import RoostJobs

extension SQLiteStore {
    /// See `DocumentStore`.
    public func documents(in collection: String) async throws(StoreError) -> [Document] {
        try StoreRequest.check(names: collection)
        return try await reader.read { connection throws(SQLiteFailure) in
            var documents: [Document] = []
            let query = try connection.statement(.documents)
            query.bind(1, collection)
            try query.eachRow { row in
                documents.append(Document(name: row.text(0), version: row.count(1), body: row.bytes(2)))
            }
            return documents
        }
    }

    /// See `DocumentStore`.
    public func document(_ name: String, in collection: String) async throws(StoreError) -> Document? {
        try StoreRequest.check(names: name, collection)
        return try await reader.read { connection throws(SQLiteFailure) in
            var document: Document?
            let query = try connection.statement(.document)
            query.bind(1, collection)
            query.bind(2, name)
            try query.eachRow { row in document = Document(name: name, version: row.count(0), body: row.bytes(1)) }
            return document
        }
    }

    /// See `DocumentStore`.
    public func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int? {
        try StoreRequest.check(names: name, collection)
        try StoreRequest.check(body: body)
        let written = try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.putDocument(name, in: collection, body: body, replacing: version)
        }
        switch written {
        case .version(let version): return version
        case .other: return nil
        case .full: throw StoreRequest.collectionIsFull
        }
    }

    /// See `DocumentStore`.
    public func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool {
        try StoreRequest.check(names: name, collection)
        return try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.removeDocument(name, in: collection)
        }
    }

    /// See `DocumentStore`.
    public func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError) {
        try StoreRequest.check(names: log)
        try StoreRequest.check(body: entry)
        let keeping = StoreRequest.kept(keeping)
        try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.append(entry, to: log, keeping: keeping)
        }
    }

    /// See `DocumentStore`.
    public func entries(
        of log: String, before position: Int64?, limit: Int
    ) async throws(StoreError) -> [StoredEntry] {
        try StoreRequest.check(names: log)
        let limit = StoreRequest.page(limit)
        return try await reader.read { connection throws(SQLiteFailure) in
            var entries: [StoredEntry] = []
            let query = try connection.statement(.entries)
            query.bind(1, log)
            query.bind(2, position ?? .max)
            query.bind(3, limit)
            try query.eachRow { row in
                entries.append(
                    StoredEntry(
                        position: row.integer(0), at: Timestamp(microseconds: row.integer(1)), body: row.bytes(2)))
            }
            return entries
        }
    }

    /// See `DocumentStore`. What was granted is in the file, like any other write, and shares its commit.
    public func spend(
        _ amount: Int, of meter: String, limit: Int, period: Duration
    ) async throws(StoreError) -> Allowance {
        try StoreRequest.check(names: meter)
        let spending = Spending(amount: amount, limit: limit, period: period)
        return try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.spend(spending, of: meter)
        }
    }
}
