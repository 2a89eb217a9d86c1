import Glibc
import RoostJobs
import RoostTestKit
import Testing

/// A random walk through everything a store can be asked, beside the model, on a clock that only the walk moves: every
/// answer must be the same. The same seed is the same walk.
struct ModelWalk {
    /// What a store promises beyond what all promise; where it does not, the walk asks in a way that has one answer.
    struct Promises {
        /// Between types of a queue and band, and between jobs with and without a tenant, whoever waits longest is first.
        var ordersTypes = true
        /// Leases go by the clock of the walk.
        var leasesByClock = true
        /// Starts are remembered for longer than a rate's period, so that they count for a longer one that comes after it.
        var remembersStarts = true
        /// What is called off while queued is gone from its lane at once, and so is its tenant's turn if it was alone.
        var leavesLanes = true
    }

    /// An answer that differs, and what was done before.
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    let store: any JobStore
    let model: MemoryStore
    let clock: StoppedClock
    let promises: Promises
    /// Where what is called off while queued stays in its lane for a while, it counts for turns and shares: with tenants and
    /// bands that is left out there, without them everything may be.
    let hasTenants: Bool
    private let seed: UInt64
    private var random: SeededGenerator
    private var story: [String] = []
    private var ids = 0

    /// Every job that was asked for.
    var jobs: [NewJob] = []
    /// Jobs that were called off while they were queued, so that a place of theirs may be in the lane yet.
    var calledOff: Set<JobID> = []
    /// Jobs that did not end so, but by a worker's word.
    var ended: Set<JobID> = []
    /// Claims that nobody settled.
    var held: [Held] = []
    /// Some of those that were settled or lost.
    var stale: [Held] = []
    var batches: [JobID] = []
    var closed: [JobID] = []
    var workers = 0

    struct Held {
        let mine: Claim.Ticket
        let its: Claim.Ticket
        let worker: String
    }

    init(seed: UInt64, store: any JobStore, clock: StoppedClock, promises: Promises = Promises()) {
        self.seed = seed
        self.store = store
        self.clock = clock
        self.promises = promises
        random = SeededGenerator(seed: seed)
        hasTenants = seed % 2 == 0
        model = MemoryStore { clock.now }
    }

    /// Walks so many steps and compares all that is there in the end.
    mutating func walk(_ steps: Int) async throws {
        if seed % 3 == 0 { try await compare("keep ends") { try await $0.keepEnds(true) } }
        for _ in 0..<steps {
            clock.advance(by: .microseconds(number(1...3_000_000)))
            // Long enough for records, requests, batches and dead letters to go, every now and then.
            if number(0...149) == 0 { try await leap() }
            try await step()
        }
        try await compareAll()
        try await check()
        try await pruneMuch()
        try await check()
    }

    private mutating func leap() async throws {
        // All claims of one call have one end: in which order they were taken back would be open.
        for some in held where some.worker == "steady" {
            tell("let \(some.mine.id) go")
            let mine = try await store.settle(some.mine, .released)
            let its = try await model.settle(some.its, .released)
            if mine != its { throw difference("release", mine, its) }
        }
        held.removeAll { $0.worker == "steady" }
        clock.advance(by: pick([.seconds(7200), .seconds(90_000), .seconds(800_000), .seconds(3_000_000)]))
    }

    /// What is kept fits together.
    private func check() async throws {
        let findings = try await store.check(repair: false).findings
        if !findings.isEmpty { throw difference("check", findings, "nothing") }
    }

    /// No more is kept than retention says, but for parents of those that have not ended; which go first, stores may choose.
    private mutating func pruneMuch() async throws {
        tell("prune much")
        while try await store.prune(limit: 500, retention: Retention(done: 3, failed: 2, cancelled: 1)) > 0 {}
        let counts = try await store.counts()
        let waiting = counts[.scheduled] + counts[.queued] + counts[.running]
        let left = [counts[.done], counts[.failed], counts[.cancelled]]
        if waiting == 0, left[0] > 3 || left[1] > 2 || left[2] > 1 { throw difference("prune much", left, [3, 2, 1]) }
    }

    private mutating func step() async throws {
        switch number(0...99) {
        case 0..<24: try await enqueue()
        case 24..<43: try await claim()
        case 43..<59: try await settle()
        case 59..<67: try await compare("promote") { try await $0.promoteDue(limit: 500, wait: .zero) }
        case 67..<71: try await loseLeases()
        case 71..<74: try await loseWorker()
        case 74..<80: try await control()
        case 80..<85: try await setQueue()
        case 85..<88: try await batch()
        case 88..<90: try await note()
        case 90..<91: try await prune()
        case 91..<93: try await cron()
        case 93..<95: try await shared()
        case 95..<96: try await announce()
        default: try await look()
        }
    }

    // MARK: Chance

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }

    mutating func pick<T>(_ items: [T]) -> T { items[Int(number(0...Int64(items.count - 1)))] }

    mutating func chance(_ percent: Int64) -> Bool { number(0...99) < percent }

    mutating func seconds(_ most: Int64) -> Duration { .microseconds(number(1...(most * 1_000_000))) }

    /// An id that is the same in every run.
    mutating func id() -> JobID {
        ids += 1
        return JobID(
            high: UInt64(clamping: clock.now.milliseconds) << 16,
            low: UInt64(clamping: ids) << 32 | UInt64(clamping: number(0...0xFFFF_FFFF)))
    }

    // MARK: Comparing

    /// Asks both; what they say must be the same, also why they refuse.
    @discardableResult
    mutating func compare<T: Equatable>(
        _ operation: String, _ body: (any JobStore) async throws -> T
    ) async throws -> T? {
        tell(operation)
        let mine = try await Self.answer(store, body)
        let its = try await Self.answer(model, body)
        guard mine == its else { throw difference(operation, mine, its) }
        return if case .success(let value) = mine { value } else { nil }
    }

    mutating func compare(_ operation: String, _ body: (any JobStore) async throws -> Void) async throws {
        try await compare(operation) { store in
            try await body(store)
            return true
        }
    }

    static func answer<T>(
        _ store: any JobStore, _ body: (any JobStore) async throws -> T
    ) async throws -> Result<T, Refusal> {
        do {
            return .success(try await body(store))
        } catch let error as StoreError where error.code == .invalid {
            return .failure(Refusal())
        }
    }

    /// The store refused as invalid.
    struct Refusal: Error, Equatable {}

    mutating func tell(_ operation: String) {
        story.append("\(clock.now.microseconds) \(operation)")
        if Walks.isTold { print(story.last ?? "") }
    }

    func difference(_ operation: String, _ mine: some Any, _ its: some Any) -> Difference {
        let before = story.suffix(6).joined(separator: "\n  ")
        return Difference(
            description: """
                walk \(seed) (ROOST_WALK=\(seed) walks it again), step \(story.count), \(operation):
                the store says \(mine)
                the model says \(its)
                before: \(before)
                """)
    }
}

/// Which walks are walked: `ROOST_WALKS=1000` for more of them, `ROOST_WALK=7` for one, told step by step.
enum Walks {
    private static func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

    static let isTold = number("ROOST_WALK") != nil

    static func seeds(_ usual: UInt64) -> [UInt64] {
        if let one = number("ROOST_WALK") { return [one] }
        return Array(1...max(1, number("ROOST_WALKS") ?? usual))
    }
}
