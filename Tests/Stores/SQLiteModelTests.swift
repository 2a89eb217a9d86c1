import RoostTestKit
import Testing

/// Random operations on an SQLite store and on the model, at the same moments of a clock that only the test moves.
@Suite("An SQLite store and the model")
struct SQLiteModelTests {
    @Test("answer the same to everything", arguments: Walks.seeds(30))
    func agree(seed: UInt64) async throws {
        let clock = try StoppedClock()
        try await SQLiteFolder().withStore(now: { clock.now }) { store async throws in
            var promises = ModelWalk.Promises()
            // They are kept in the memory of the one process there is.
            promises.leasesByClock = false
            var walk = ModelWalk(seed: seed, store: store, clock: clock, promises: promises)
            try await walk.walk(400)
        }
    }
}
