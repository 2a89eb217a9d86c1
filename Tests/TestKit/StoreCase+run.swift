public import RoostJobs
import Testing

extension StoreCase {
    /// Shows the behaviour on an empty store, whose own work (`JobStore.run`) goes on beside it, and closes the store.
    ///
    /// For a store of your own, in a test target that depends on `RoostTestKit`:
    ///
    /// ```swift
    /// @Test("does what the conformance suite asks", arguments: StoreConformance.cases)
    /// func conforms(to storeCase: StoreCase) async throws {
    ///     try await storeCase.run(on: MyStore(namespace: "case-\(JobIDGenerator.shared.next())"))
    /// }
    /// ```
    ///
    /// What a store gets wrong is recorded as an issue of the test, or thrown. Cases use short times on the store's own
    /// clock and run for a few seconds at most; any number may run at once, each on a store of its own.
    public func run(on store: any JobStore) async throws {
        try await store.working { try await body($0, StoreClock()) }
    }
}

extension JobStore {
    /// Runs the body beside the store's own work, then closes the store.
    func working(_ body: (any JobStore) async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                do {
                    try await run()
                } catch {
                    // A case may close the store itself, and every case is cancelled in the end.
                    let closed = (error as? StoreError)?.code == .closed
                    if !closed, !Task.isCancelled { Issue.record(error, "the store's own work broke") }
                }
            }
            defer { group.cancelAll() }
            try await body(self)
            await close()
        }
    }
}
