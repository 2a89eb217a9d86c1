import RoostJobs
import RoostTestKit
import Synchronization
import Testing

/// What falls on the very moment, on a clock that only moves when told.
@Suite("The memory store on a clock of its own")
struct MemoryStoreClockTests {
    /// A wall clock for one store.
    private final class Clock: Sendable {
        private let time = Mutex(Timestamp(milliseconds: 1_700_000_000_000))
        var now: Timestamp { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
    }

    private let clock = Clock()
    private let store: MemoryStore

    init() {
        let clock = clock
        store = MemoryStore { clock.now }
    }

    @Test("promotes a job at its moment and not a microsecond earlier")
    func promotion() async throws {
        let id = try await store.enqueue1(start: .after(.seconds(60)))
        clock.advance(.seconds(60) - .microseconds(1))
        #expect(try await store.promoteDue(limit: 1, wait: .zero) == 0)
        clock.advance(.microseconds(1))
        #expect(try await store.promoteDue(limit: 1, wait: .zero) == 1)
        #expect(try await store.record(id).state == .queued)
    }

    @Test("takes a lease back at its end and not a microsecond earlier")
    func lease() async throws {
        let id = try await store.enqueue1()
        let claim = try await store.claim1(lease: .seconds(10))
        clock.advance(.seconds(9))
        #expect(try await store.lost([claim.ticket], lease: .seconds(10)).isEmpty)
        clock.advance(.seconds(10) - .microseconds(1))
        #expect(try await store.reclaim(limit: 1, maxCrashes: 3).isEmpty)
        clock.advance(.microseconds(1))
        #expect(try await store.reclaim(limit: 1, maxCrashes: 3).requeued == [id])
    }

    @Test("forgets a result at the end of its time to live and not a microsecond earlier")
    func expiry() async throws {
        let id = try await store.enqueue1(ttl: .seconds(5))
        try await store.attempt(.done)
        clock.advance(.seconds(5) - .microseconds(1))
        #expect(try await store.prune(limit: 1) == 0)
        #expect(try await store.job(id) != nil)
        clock.advance(.microseconds(1))
        #expect(try await store.job(id) == nil)
        #expect(try await store.prune(limit: 1) == 1)
    }

    @Test("keeps a dead letter for its thirty days")
    func deadLetters() async throws {
        let id = try await store.enqueue1(ttl: .zero)
        try await store.attempt(.failed(error: "x"))
        clock.advance(JobDefaults.deadTTL - .microseconds(1))
        #expect(try await store.job(id)?.state == .failed)
        clock.advance(.microseconds(1))
        #expect(try await store.job(id) == nil)
    }

    @Test("loses nothing when the clock steps back")
    func stepBack() async throws {
        let first = try await store.enqueue1()
        _ = try await store.claim1(lease: .seconds(10))
        clock.advance(.seconds(-3600))
        let second = try await store.enqueue1(start: .after(.seconds(1)))
        #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
        clock.advance(.seconds(1))
        #expect(try await store.promoteDue(limit: 10, wait: .zero) == 1)
        clock.advance(.seconds(3609))
        #expect(try await store.reclaim(limit: 10, maxCrashes: 3).requeued == [first])
        #expect(Set(try await store.claims().map(\.job.id)) == [first, second])
    }

    @Test("keeps its counters right for thousands of jobs that come and go")
    func churn() async throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1: try await store.enqueue1(ttl: .seconds(.random(in: 0...20, using: &random)))
            case 2: for claim in try await store.claims(3) { _ = try await store.settle(claim.ticket, .done) }
            case 3: _ = try await store.prune(limit: .random(in: 1...5, using: &random))
            default: clock.advance(.seconds(1))
            }
        }
        while try await store.prune(limit: 500) > 0 {}
        let jobs = try await store.all(JobQuery(limit: 200))
        let counts = try await store.counts()
        #expect(counts.total == jobs.count)
        for state in JobState.allCases { #expect(counts[state] == jobs.count { $0.state == state }) }
    }
}
