import Synchronization

extension MemoryStore {
    public func documents(in collection: String) async throws(StoreError) -> [Document] {
        try StoreRequest.check(names: collection)
        return try withDocuments { $0.documents(in: collection) }
    }

    public func document(_ name: String, in collection: String) async throws(StoreError) -> Document? {
        try StoreRequest.check(names: name, collection)
        return try withDocuments { $0.document(name, in: collection) }
    }

    public func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int? {
        try StoreRequest.check(names: name, collection)
        try StoreRequest.check(body: body)
        switch try withDocuments({ $0.put(name, in: collection, body: body, replacing: version) }) {
        case .version(let version): return version
        case .other: return nil
        case .full: throw StoreRequest.collectionIsFull
        }
    }

    public func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool {
        try StoreRequest.check(names: name, collection)
        return try withDocuments { $0.remove(name, from: collection) }
    }

    public func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError) {
        try StoreRequest.check(names: log)
        try StoreRequest.check(body: entry)
        let now = clock()
        try withDocuments { $0.append(entry, to: log, keeping: StoreRequest.kept(keeping), now: now) }
    }

    public func entries(
        of log: String, before position: Int64?, limit: Int
    ) async throws(StoreError) -> [StoredEntry] {
        try StoreRequest.check(names: log)
        return try withDocuments { $0.entries(of: log, before: position, limit: StoreRequest.page(limit)) }
    }

    public func spend(
        _ amount: Int, of meter: String, limit: Int, period: Duration
    ) async throws(StoreError) -> Allowance {
        try StoreRequest.check(names: meter)
        let spending = Spending(amount: amount, limit: limit, period: period)
        let now = clock()
        return try withDocuments { $0.spend(spending, of: meter, now: now) }
    }

    private func withDocuments<Result: Sendable>(
        _ body: (inout MemoryDocuments) -> Result
    ) throws(StoreError) -> Result {
        let done: Result? = state.withLock { state in state.isClosed ? nil : body(&state.documents) }
        guard let done else { throw StoreError(.closed, "the store was closed") }
        return done
    }
}
