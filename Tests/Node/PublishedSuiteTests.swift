import RoostJobs
import RoostTestKit
import Testing

@Suite("the conformance suite on a store of somebody else's", .timeLimit(.minutes(2)))
struct PublishedSuiteTests {
    /// Says that it took an outcome and does not keep it.
    private struct ForgetfulStore: StoreForwarding {
        let base = MemoryStore()

        func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement { .settled }
    }

    private struct OtherStore: StoreForwarding {
        let base = MemoryStore()
    }

    @Test("a store that forwards to one that conforms conforms", arguments: StoreConformance.cases.prefix(40))
    func conforms(to storeCase: StoreCase) async throws {
        let store = OtherStore()
        try await storeCase.run(on: store)
        await #expect(throws: StoreError.self, "it was closed") { try await store.counts() }
    }

    @Test("a store that forgets outcomes does not")
    func catches() async throws {
        let storeCase = try #require(StoreConformance.cases.first { $0.name.hasPrefix("a job that succeeded is done") })
        await withKnownIssue { try await storeCase.run(on: ForgetfulStore()) }
    }
}
