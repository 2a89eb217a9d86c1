import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostStores

/// Random operations on an SQLite store and on the model, at the same moments of a clock that only the test moves:
/// every answer must be the same.
@Suite("An SQLite store and the model")
struct SQLiteModelTests {
    @Test("answer the same to everything", arguments: 1...30 as ClosedRange<UInt64>)
    func agree(seed: UInt64) async throws {
        let start = Timestamp.now()
        let offset = Mutex(Duration.zero)
        let clock: @Sendable () -> Timestamp = { start.advanced(by: offset.withLock { $0 }) }
        try await SQLiteFolder().withStore(now: clock) { store async throws in
            // What is called off while queued, or as soon as it was accepted, stays in the model's lanes for a while and
            // counts for turns and shares: with tenants and bands that is left out, without them everything may be.
            var walk = ModelWalk(
                seed: seed, store: store, model: MemoryStore(clock: clock), hasTenants: seed % 2 == 0)
            for _ in 0..<400 {
                offset.withLock { $0 += .microseconds(walk.number(1...3_000_000)) }
                try await walk.step()
            }
            try await walk.compareAll()
            #expect(try await store.check(repair: false).findings == [])
        }
    }
}

private struct ModelWalk {
    let store: SQLiteStore
    let model: MemoryStore
    let hasTenants: Bool
    private var random: SeededGenerator
    private var ids: [JobID] = []
    private var held: [(mine: Claim.Ticket, its: Claim.Ticket, worker: String)] = []
    private var batches: [JobID] = []
    private var workers = 0

    init(seed: UInt64, store: SQLiteStore, model: MemoryStore, hasTenants: Bool) {
        random = SeededGenerator(seed: seed)
        self.store = store
        self.model = model
        self.hasTenants = hasTenants
    }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }

    private mutating func pick<T>(_ items: [T]) -> T { items[Int(number(0...Int64(items.count - 1)))] }

    private mutating func seconds(_ most: Int64) -> Duration { .microseconds(number(1...(most * 1_000_000))) }

    private func both<T: Equatable>(
        _ operation: (any JobStore) async throws -> T, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let mine = try await operation(store)
        let its = try await operation(model)
        #expect(mine == its, sourceLocation: sourceLocation)
    }

    mutating func step() async throws {
        switch number(0...99) {
        case 0..<25: try await enqueue()
        case 25..<45: try await claim()
        case 45..<63: try await settle()
        case 63..<72: try await both { try await $0.promoteDue(limit: 500, wait: .zero) }
        case 72..<77: try await crash()
        case 77..<83: try await control()
        case 83..<89: try await setQueue()
        case 89..<92: try await batch()
        case 92..<94: try await note()
        case 94..<95: try await both { try await $0.prune(limit: 500, retention: Retention(done: 30)) }
        case 95..<97: try await shared()
        default: try await look()
        }
    }

    private mutating func job() -> NewJob {
        var job = NewJob(
            type: pick(["a", "b"]), queue: pick(["x", "y"]), payload: [UInt8(number(0...255))],
            priority: hasTenants ? pick([1, 5, 5, 9]) : 5, resultTTL: .seconds(pick([5, 5000])))
        job.start = pick([.now, .now, .now, .after(seconds(20))])
        if hasTenants { job.tenant = pick([nil, "t1", "t2", "t3"]) }
        job.unique = pick([nil, nil, nil, UniqueRule(key: pick(["k1", "k2"]))])
        job.unique?.period = pick([nil, seconds(30)])
        job.unique?.conflict = pick(hasTenants ? [.reject, .extend] : UniqueRule.Conflict.allCases)
        if number(0...9) == 0 { job.idempotency = IdempotencyKey(key: pick(["r1", "r2"]), digest: pick(["a", "b"])) }
        if number(0...9) == 0 {
            // Their time is over while they are scheduled: the model forgets of one that ran meanwhile.
            job.start = .after(.seconds(900))
            job.unique = nil
            if number(0...1) == 0 { job.startBy = .after(seconds(60)) } else { job.deadline = .after(seconds(60)) }
        }
        if number(0...5) == 0, !ids.isEmpty {
            job.parents = Array(Set((0...2).map { _ in pick(ids) })).sorted()
            job.parentRule = hasTenants ? .ended : pick(NewJob.ParentRule.allCases)
        }
        if number(0...7) == 0, let open = batches.last { job.batch = open }
        if number(0...5) == 0 { job.tags = pick([["x"], ["x", "y"]]) }
        if number(0...3) == 0 { job.terms = pick([["n": "1"], ["n": "2", "m": "a b"]]) }
        return job
    }

    private mutating func enqueue() async throws {
        let jobs = (0..<number(1...4)).map { _ in job() }
        ids += jobs.map(\.id)
        try await both { try await $0.enqueue(jobs) }
    }

    private mutating func claim() async throws {
        workers += 1
        let limit = pick([1, 1, 2, 5, 20])
        // A claim of one job has a worker of its own, which may be lost: between jobs of one no order is promised.
        let worker = limit == 1 ? "w\(workers)" : "steady"
        let request = ClaimRequest(
            queues: pick([["x"], ["y", "x"], ["x", "y"]]), types: pick([nil, nil, ["a"]]), limit: limit, worker: worker,
            lease: .seconds(86_400))
        let mine = try await store.claim(request)
        let its = try await model.claim(request)
        #expect(mine.map(\.job) == its.map(\.job))
        for (mine, its) in zip(mine, its) { held.append((mine.ticket, its.ticket, worker)) }
    }

    private mutating func settle() async throws {
        guard !held.isEmpty else { return }
        let index = Int(number(0...Int64(held.count - 1)))
        let ticket = number(0...9) == 0 ? held[index] : held.remove(at: index)
        let outcome: Outcome = pick([
            .done, .done, .done, .retry(after: .zero, error: "e"), .retry(after: seconds(30), error: "e"),
            .failed(error: "e"), .released, .snoozed(.zero), .snoozed(seconds(30)), .cancelled(reason: "r"),
        ])
        let mine = try await store.settle(ticket.mine, outcome)
        #expect(try await model.settle(ticket.its, outcome) == mine)
    }

    private mutating func crash() async throws {
        guard let worker = held.last(where: { $0.worker != "steady" })?.worker else { return }
        held.removeAll { $0.worker == worker }
        try await both { try await $0.reclaim(worker: worker, limit: 10, maxCrashes: 2) }
    }

    private mutating func control() async throws {
        guard !ids.isEmpty else { return }
        let id = pick(ids)
        let isQueued = try await store.job(id)?.state == .queued
        switch number(0...3) {
        case 0, 1:
            if isQueued, hasTenants { return }
            try await both { try await $0.cancel(id, reason: "r") }
        case 2:
            // What was called off while queued would stand in its old place again in the model.
            if hasTenants { try await both { try await $0.replay(id) } }
        default:
            if isQueued, hasTenants { return }
            try await both { try await $0.delete(id) }
        }
    }

    private mutating func setQueue() async throws {
        let count = Int(number(1...4))
        let rate = RateLimit(count: count, period: seconds(20))
        let change: QueueChange = pick([
            .pause, .resume, .resume, .with { $0.concurrency = count }, .with { $0.concurrency = .some(nil) },
            .with { $0.rate = rate }, .with { $0.rate = .some(nil) }, .with { $0.quota = 20 },
            .with { $0.tenantConcurrency = count }, .with { $0.tenantRate = rate },
            .with {
                $0.tenantConcurrency = .some(nil)
                $0.tenantRate = .some(nil)
            },
        ])
        let name = change.quota == nil && change.tenantConcurrency == nil ? pick(["x", "y", "*"]) : "x"
        guard name != "*" || change.issues(queue: "*").isEmpty else { return }
        try await both { try await $0.setQueue(name, change) }
    }

    private mutating func batch() async throws {
        if batches.count > 1 || (!batches.isEmpty && number(0...1) == 0) {
            let id = batches.removeFirst()
            try await both { try await $0.closeBatch(id) }
        } else {
            let batch = NewBatch(
                onComplete: NewJob(type: "a", queue: "x", payload: []),
                onSuccess: pick([nil, NewJob(type: "b", queue: "y", payload: [])]))
            batches.append(batch.id)
            ids += [batch.onComplete, batch.onSuccess].compactMap { $0?.id }
            try await both { store in
                try await store.openBatch(batch)
                return true
            }
        }
        for id in batches { try await both { try await $0.batch(id) } }
    }

    private mutating func shared() async throws {
        let (name, version, body) = (pick(["a", "b"]), Int(number(0...2)), [UInt8(number(0...255))])
        switch number(0...4) {
        case 0: try await both { try await $0.removeDocument(name, in: "c") }
        case 1:
            let keeping = Int(number(1...5))
            for _ in 0..<number(1...4) {
                try await store.append(body, to: "l", keeping: keeping)
                try await model.append(body, to: "l", keeping: keeping)
            }
            try await both { try await $0.entries(of: "l", before: nil, limit: 3) }
        case 2:
            let (amount, limit) = (Int(number(0...3)), Int(number(0...9)))
            try await both { try await $0.spend(amount, of: name, limit: limit, period: .seconds(20)) }
        default: try await both { try await $0.putDocument(name, in: "c", body: body, replacing: version) }
        }
        try await both { try await $0.documents(in: "c") }
    }

    private mutating func note() async throws {
        guard let ticket = held.last else { return }
        let text = String(repeating: "é", count: Int(number(0...3000)))
        let lines = (0..<number(0...12)).map { _ in text }
        let mine = try await store.note(ticket.mine, progress: pick([nil, [1]]), log: lines)
        #expect(try await model.note(ticket.its, progress: nil, log: lines) == mine)
    }

    private mutating func search() async throws {
        if number(0...5) == 0 {
            let isOn = number(0...1) == 0
            try await both { try await $0.setQueue("y", .with { $0.isSearchable = isOn }) }
        }
        var query = JobQuery(limit: pick([1, 7, 200]))
        query.state = pick([nil, nil] + JobState.allCases)
        query.type = pick([nil, nil, "a"])
        query.queue = pick([nil, nil, "y"])
        query.tenant = pick([nil, nil, nil, "t1"])
        query.tag = pick([nil, "x", "y"])
        query.terms = pick([[:], ["n": "1"], ["n": "2", "m": "a b"], ["m": "a"]])
        query.worker = pick([nil, nil, nil, "steady"])
        query.error = pick([nil, nil, nil, "LOST", "e"])
        query.since = pick([nil, nil, nil, pick(ids).timestamp])
        query.until = pick([nil, nil, nil, pick(ids).timestamp])
        query.olderThan = pick([nil, nil, nil, pick(ids)])
        query.offset = Int(pick([0, 0, number(0...9)]))
        try await both { try await $0.list(query) }
    }

    private mutating func look() async throws {
        guard !ids.isEmpty else { return }
        for _ in 0..<4 { try await search() }
        let id = pick(ids)
        try await both { try await $0.job(id) }
        try await both { try await $0.parents(of: id) }
        try await both { try await $0.notes(id).map { [$0.log.count, $0.failures.count] } }
        try await both { try await $0.notes(id)?.cancelReason }
        if try await store.job(id)?.state != .running, !hasTenants { try await both { try await $0.waitReasons(id) } }
        try await both { try await $0.job(uniqueKey: "k1") }
        try await both { try await queues($0) }
        try await both { try await $0.counts().totals }
    }

    /// The model takes the oldest from a lane's head, also when that was called off.
    private func queues(_ store: any JobStore) async throws -> [QueueStatus] {
        var queues = try await store.queues()
        if !hasTenants { for index in queues.indices { queues[index].oldest = nil } }
        return queues
    }

    func compareAll() async throws {
        for id in ids {
            try await both { try await $0.job(id) }
            try await both { try await $0.notes(id)?.failures }
        }
        try await both { try await queues($0) }
        try await both { try await $0.list(JobQuery(limit: 200)) }
    }
}
