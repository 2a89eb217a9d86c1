import RoostTestKit
import Testing

@Suite("Every store")
struct StoreConformanceTests {
    private static let turnstile = Turnstile(width: 6)

    @Test("does what the conformance suite asks", arguments: StoreKind.allCases, StoreConformance.cases)
    func conforms(kind: StoreKind, to storeCase: StoreCase) async throws {
        try await Self.turnstile.pass {
            try await kind.withStore { store in try await storeCase.body(store, StoreClock()) }
        }
    }
}
