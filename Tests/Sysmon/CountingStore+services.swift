import RoostJobs

extension CountingStore {
    func documents(in collection: String) async throws(StoreError) -> [Document] {
        count("documents")
        return try await store.documents(in: collection)
    }
    func document(_ name: String, in collection: String) async throws(StoreError) -> Document? {
        count("document")
        return try await store.document(name, in: collection)
    }
    func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int? {
        count("putDocument")
        return try await store.putDocument(name, in: collection, body: body, replacing: version)
    }
    func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool {
        count("removeDocument")
        return try await store.removeDocument(name, in: collection)
    }
    func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError) {
        count("append")
        return try await store.append(entry, to: log, keeping: keeping)
    }
    func entries(of log: String, before position: Int64?, limit: Int) async throws(StoreError) -> [StoredEntry] {
        count("entries")
        return try await store.entries(of: log, before: position, limit: limit)
    }
    func spend(_ amount: Int, of meter: String, limit: Int, period: Duration) async throws(StoreError) -> Allowance {
        count("spend")
        return try await store.spend(amount, of: meter, limit: limit, period: period)
    }
    func changes(of id: JobID) -> AsyncStream<Void> {
        count("changes")
        return store.changes(of: id)
    }
    func keepEnds(_ isOn: Bool) async throws(StoreError) {
        count("keepEnds")
        return try await store.keepEnds(isOn)
    }
    func ends(limit: Int, wait: Duration) async throws(StoreError) -> [JobEnd] {
        count("ends")
        return try await store.ends(limit: limit, wait: wait)
    }
    func forgetEnds(through position: String) async throws(StoreError) {
        count("forgetEnds")
        return try await store.forgetEnds(through: position)
    }
}
