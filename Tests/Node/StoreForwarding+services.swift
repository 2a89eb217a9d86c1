import RoostJobs

extension StoreForwarding {
    func documents(in collection: String) async throws(StoreError) -> [Document] {
        try await base.documents(in: collection)
    }
    func document(_ name: String, in collection: String) async throws(StoreError) -> Document? {
        try await base.document(name, in: collection)
    }
    func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int? {
        try await base.putDocument(name, in: collection, body: body, replacing: version)
    }
    func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool {
        try await base.removeDocument(name, in: collection)
    }
    func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError) {
        try await base.append(entry, to: log, keeping: keeping)
    }
    func entries(of log: String, before position: Int64?, limit: Int) async throws(StoreError) -> [StoredEntry] {
        try await base.entries(of: log, before: position, limit: limit)
    }
    func spend(_ amount: Int, of meter: String, limit: Int, period: Duration) async throws(StoreError) -> Allowance {
        try await base.spend(amount, of: meter, limit: limit, period: period)
    }
    func changes(of id: JobID) -> AsyncStream<Void> { base.changes(of: id) }
    func keepEnds(_ isOn: Bool) async throws(StoreError) { try await base.keepEnds(isOn) }
    func ends(limit: Int, wait: Duration) async throws(StoreError) -> [JobEnd] {
        try await base.ends(limit: limit, wait: wait)
    }
    func forgetEnds(through position: String) async throws(StoreError) { try await base.forgetEnds(through: position) }
}
