import RoostJobs
import Testing

/// A random walk through a store's operations, the same for the same seed; a twin takes the same steps and must give
/// the same answers.
struct StoreWalk {
    let store: any JobStore
    let twin: (any JobStore)?
    var random: SeededGenerator
    var held: [(mine: Claim.Ticket, its: Claim.Ticket?)] = []
    private var stale: [(mine: Claim.Ticket, its: Claim.Ticket?)] = []
    var jobs: [NewJob] = []
    var batches: [NewBatch] = []
    /// Whether steps beyond the plain life of a job are taken.
    private let isWide: Bool
    /// What searches are drawn from, apart from the walk itself.
    var searches: SeededGenerator
    private var steps = 0

    init(seed: UInt64, store: any JobStore, twin: (any JobStore)?, isWide: Bool = false) {
        random = SeededGenerator(seed: seed)
        searches = SeededGenerator(seed: seed)
        self.isWide = isWide
        self.store = store
        self.twin = twin
    }

    /// Does one operation, drawn from all a store has.
    mutating func step() async throws {
        steps += 1
        if isWide, steps.isMultiple(of: 5) { try await search() }
        if isWide, Int.random(in: 0..<100, using: &random) < 40 { return try await wideStep() }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: try await enqueue()
        case 30..<55: try await claim()
        case 55..<85: try await settle()
        case 85..<90: try await crash()
        case 90..<95: try await repeatSettle()
        default: try await repeatEnqueue()
        }
    }

    mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }

    private mutating func enqueue() async throws {
        var batch: [NewJob] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            var job = NewJob(
                type: pick(["a", "b"]), queue: pick(["x", "y", "z"]), payload: [UInt8(clamping: jobs.count)],
                priority: pick([1, 5, 5, 10]), start: pick([.now, .now, .now, .after(.seconds(600))]),
                uniqueKey: pick([nil, nil, "k1", "k2"]))
            if isWide { widen(&job) }
            batch.append(job)
        }
        jobs += batch
        try await enqueue(batch)
    }

    private func enqueue(_ batch: [NewJob]) async throws {
        let mine = try await Self.answer(store, batch)
        if let twin { #expect(try await Self.answer(twin, batch) == mine) }
    }

    /// What the store said, or why it refused: a batch may be closed by now.
    private static func answer(_ store: any JobStore, _ batch: [NewJob]) async throws -> [Enqueued]? {
        do throws(StoreError) {
            return try await store.enqueue(batch)
        } catch {
            if error.code == .invalid { return nil }
            throw error
        }
    }

    private mutating func repeatEnqueue() async throws {
        guard !jobs.isEmpty else { return }
        try await enqueue([pick(jobs)])
    }

    private mutating func claim() async throws {
        // One type at a time: between types of a queue and band no order is promised.
        let types: Set<String> = [pick(["a", "b"])]
        let queues = pick([["x"], ["y", "x"], ["z", "x", "y"]])
        let limit = pick([1, 1, 2, 5])
        let mine = try await store.claims(limit, queues: queues, types: types, worker: "walker")
        let its = try await twin?.claims(limit, queues: queues, types: types, worker: "walker")
        if let its { #expect(its.map(\.job.id) == mine.map(\.job.id)) }
        for (index, claim) in mine.enumerated() {
            let other = its.flatMap { $0.indices.contains(index) ? $0[index].ticket : nil }
            held.append((claim.ticket, other))
        }
    }

    private mutating func settle() async throws {
        guard !held.isEmpty else { return }
        let ticket = held.remove(at: Int.random(in: 0..<held.count, using: &random))
        let outcome: Outcome = pick([
            .succeeded(result: [1]), .succeeded(result: []), .retry(after: .zero, error: "again"),
            .retry(after: .seconds(600), error: "later"), .failed(error: "for good"), .released, .snoozed(.zero),
            .snoozed(.seconds(600)), .cancelled(reason: "not wanted"),
        ])
        #expect(try await store.settle(ticket.mine, outcome) == .settled)
        if let twin, let its = ticket.its { #expect(try await twin.settle(its, outcome) == .settled) }
        stale.append(ticket)
    }

    private mutating func repeatSettle() async throws {
        guard !stale.isEmpty else { return }
        let ticket = pick(stale)
        let mine = try await store.settle(ticket.mine, .failed(error: "too late"))
        if let twin, let its = ticket.its {
            #expect(try await twin.settle(its, .failed(error: "too late")) == mine)
        }
    }

    /// A worker is lost: its lease runs out and is taken back.
    private mutating func crash() async throws {
        guard !held.isEmpty else { return }
        let ticket = held.remove(at: Int.random(in: 0..<held.count, using: &random))
        let mine = try await Self.lose(ticket.mine, store)
        if let twin, let its = ticket.its { #expect(try await Self.lose(its, twin) == mine) }
        stale.append(ticket)
    }

    static func lose(_ ticket: Claim.Ticket, _ store: any JobStore) async throws -> Reclaimed {
        #expect(try await store.lost([ticket], lease: .milliseconds(1)).isEmpty)
        return try await StoreClock().reclaimed(store, maxCrashes: 2)
    }
}
