extension MemoryStore {
    public func changes(of id: JobID) -> AsyncStream<Void> { AsyncStream { $0.finish() } }
    public func keepEnds(_ isOn: Bool) async throws(StoreError) { throw later }
    public func ends(limit: Int, wait: Duration) async throws(StoreError) -> [JobEnd] { throw later }
    public func forgetEnds(through position: String) async throws(StoreError) { throw later }
    private var later: StoreError { StoreError(.invalid, "not yet") }
}
