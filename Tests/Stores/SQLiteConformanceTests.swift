import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

@Suite("An SQLite store")
struct SQLiteConformanceTests {
    private static let turnstile = Turnstile(width: 4)

    @Test("does what every store does", arguments: StoreConformance.cases)
    func conforms(storeCase: StoreCase) async throws {
        try await Self.turnstile.pass {
            let folder = try SQLiteFolder()
            try await folder.withStore { store async throws in try await storeCase.body(store, StoreClock()) }
        }
    }
}
