import RoostJobs

extension FailingStore {
    func documents(in collection: String) async throws(StoreError) -> [Document] { throw error }
    func document(_ name: String, in collection: String) async throws(StoreError) -> Document? { throw error }
    func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int? { throw error }
    func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool { throw error }
    func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError) { throw error }
    func entries(of log: String, before position: Int64?, limit: Int) async throws(StoreError) -> [StoredEntry] {
        throw error
    }
    func spend(_ amount: Int, of meter: String, limit: Int, period: Duration) async throws(StoreError) -> Allowance {
        throw error
    }
    func changes(of id: JobID) -> AsyncStream<Void> { AsyncStream { $0.finish() } }
    func keepEnds(_ isOn: Bool) async throws(StoreError) { throw error }
    func ends(limit: Int, wait: Duration) async throws(StoreError) -> [JobEnd] { throw error }
    func forgetEnds(through position: String) async throws(StoreError) { throw error }
}
