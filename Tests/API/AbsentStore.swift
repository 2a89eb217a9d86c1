import RoostJobs
import Synchronization

/// The documents of a store in memory, which can be out of reach, and counts how often it is asked for all of them.
final class AbsentStore: DocumentStore {
    let base = MemoryStore()
    private let state = Mutex((isAway: false, lists: 0))

    var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    /// How often the tokens were asked for.
    var lists: Int { state.withLock { $0.lists } }

    private func check() throws(StoreError) {
        if isAway { throw StoreError(.unavailable, "secret-host:6379 is away") }
    }

    func documents(in collection: String) async throws(StoreError) -> [Document] {
        state.withLock { $0.lists += 1 }
        try check()
        return try await base.documents(in: collection)
    }

    func document(_ name: String, in collection: String) async throws(StoreError) -> Document? {
        try check()
        return try await base.document(name, in: collection)
    }

    func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int? {
        try check()
        return try await base.putDocument(name, in: collection, body: body, replacing: version)
    }

    func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool {
        try check()
        return try await base.removeDocument(name, in: collection)
    }

    func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError) {
        try check()
        try await base.append(entry, to: log, keeping: keeping)
    }

    func entries(of log: String, before position: Int64?, limit: Int) async throws(StoreError) -> [StoredEntry] {
        try check()
        return try await base.entries(of: log, before: position, limit: limit)
    }

    func spend(_ amount: Int, of meter: String, limit: Int, period: Duration) async throws(StoreError) -> Allowance {
        try check()
        return try await base.spend(amount, of: meter, limit: limit, period: period)
    }
}
