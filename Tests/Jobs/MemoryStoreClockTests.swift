import RoostTestKit
import Synchronization
import Testing

@testable import RoostJobs

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

    @Test("opens a meter's next window at its moment and not a microsecond earlier")
    func meterWindow() async throws {
        let minute = Duration.seconds(60)
        // Windows begin at multiples of the period, not at the first use.
        clock.advance(.microseconds(60_000_000 - clock.now.microseconds % 60_000_000 - 10_000_000))
        let first = try await store.spend(5, of: "m", limit: 5, period: minute)
        #expect(first == Allowance(isGranted: true, remaining: 0, resetsIn: .seconds(10)))
        clock.advance(.seconds(10) - .microseconds(1))
        let late = try await store.spend(1, of: "m", limit: 5, period: minute)
        #expect(late == Allowance(isGranted: false, remaining: 0, resetsIn: .microseconds(1)))
        clock.advance(.microseconds(1))
        let next = try await store.spend(1, of: "m", limit: 5, period: minute)
        #expect(next == Allowance(isGranted: true, remaining: 4, resetsIn: minute))
        // Set back into the window before: what was taken stays taken, and this one lasts longer.
        clock.advance(.seconds(-1))
        let back = try await store.spend(4, of: "m", limit: 5, period: minute)
        #expect(back == Allowance(isGranted: true, remaining: 0, resetsIn: .seconds(61)))
        // Set back far: that window may be one that never comes.
        clock.advance(.seconds(-3600))
        #expect(try await store.spend(5, of: "m", limit: 5, period: minute).isGranted)
    }

    @Test("keeps a log in order when the clock steps back")
    func logStepBack() async throws {
        try await store.append([1], to: "l", keeping: 5)
        clock.advance(.seconds(-3600))
        try await store.append([2], to: "l", keeping: 5)
        #expect(try await store.entries(of: "l", before: nil, limit: 5).map(\.body) == [[2], [1]])
    }

    @Test("forgets the meters of windows gone by, and takes no more documents than a collection holds")
    func bounds() async throws {
        for number in 0..<5000 {
            _ = try await store.spend(1, of: "m\(number)", limit: 1, period: .seconds(1))
            if number % 100 == 99 { clock.advance(.seconds(1)) }
        }
        #expect(store.state.withLock { $0.documents.meterCount } <= 1000)
        for number in 0..<Document.mostInCollection {
            _ = try await store.putDocument("d\(number)", in: "c", body: [], replacing: 0)
        }
        await StoreClock().expect(.invalid) { _ = try await store.putDocument("more", in: "c", body: [], replacing: 0) }
        #expect(try await store.putDocument("d7", in: "c", body: [9], replacing: 1) == 2)
        #expect(try await store.removeDocument("d7", in: "c"))
        #expect(try await store.putDocument("more", in: "c", body: [], replacing: 0) == 1)
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
