public import RoostJobs

extension SQLiteStore {
    public func documents(in collection: String) async throws(StoreError) -> [Document] { throw later }
    public func document(_ name: String, in collection: String) async throws(StoreError) -> Document? { throw later }
    public func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int? { throw later }
    public func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool { throw later }
    public func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError) { throw later }
    public func entries(
        of log: String, before position: Int64?, limit: Int
    ) async throws(StoreError) -> [StoredEntry] { throw later }
    public func spend(
        _ amount: Int, of meter: String, limit: Int, period: Duration
    ) async throws(StoreError) -> Allowance { throw later }
    private var later: StoreError { StoreError(.invalid, "not yet") }
}
