import RoostJobs
import Testing

extension StoreWalk {
    /// Gives a job some of what few jobs have.
    mutating func widen(_ job: inout NewJob) {
        makeFindable(&job)
        if twin == nil {
            job.tenant = pick([nil, "t1", "t2"])
        } else {
            // Whose turn it is depends on what a store still finds of jobs that were cancelled: one band, no tenants.
            job.priority = JobDefaults.priority
        }
        if var unique = job.unique {
            unique.conflict = pick(UniqueRule.Conflict.allCases)
            unique.period = pick([nil, nil, .seconds(600)])
            job.unique = unique
        }
        if chance(10) { job.idempotency = IdempotencyKey(key: pick(["r1", "r2", "r3"]), digest: pick(["a", "b"])) }
        if chance(10) { job.deadline = .after(.seconds(500)) }
        if chance(10) { job.startBy = .after(.seconds(900)) }
        if chance(20), !jobs.isEmpty {
            job.parents = Array(Set((0..<3).map { _ in pick(jobs).id })).sorted()
            job.parentRule = pick(NewJob.ParentRule.allCases)
        }
        if chance(10), let open = batches.last { job.batch = open.id }
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// Does one of the operations that a plain job's life has not.
    mutating func wideStep() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<20: try await cancel()
        case 20..<30: try await onAny { store, id in "\(try await store.replay(id))" }
        case 30..<38: try await onAny { store, id in "\(try await store.delete(id))" }
        case 38..<58: try await setQueue()
        case 58..<80: try await both { store in "\(try await store.promoteDue(limit: 500, wait: .zero))" }
        case 80..<84: try await open()
        case 84..<88: try await close()
        case 88..<94:
            try await onAny { store, id in "\(String(describing: try await store.notes(id)?.failures.map(\.error)))" }
        default: try await note()
        }
    }

    private mutating func cancel() async throws {
        try await onAny { store, id in "\(try await store.cancel(id, reason: "walk"))" }
    }

    private mutating func setQueue() async throws {
        let change: QueueChange = pick([
            .pause, .resume, .resume, .with { $0.concurrency = 2 }, .with { $0.concurrency = .some(nil) },
            .with { $0.tenantConcurrency = 1 }, .with { $0.tenantConcurrency = .some(nil) }, .with { $0.quota = 5 },
            .with { $0.quota = .some(nil) },
        ])
        let name = pick(["x", "y", "z"])
        try await both { store in "\(try await store.setQueue(name, change))" }
    }

    private mutating func open() async throws {
        let follower = NewJob(type: "a", queue: "x", payload: [])
        let batch = NewBatch(onComplete: follower)
        batches.append(batch)
        try await both { store in
            try await store.openBatch(batch)
            return ""
        }
    }

    private mutating func close() async throws {
        guard let batch = batches.popLast() else { return }
        try await both { store in
            let status = try await store.closeBatch(batch.id)
            return "\(String(describing: status?.total)) \(String(describing: status?.isOpen))"
        }
    }

    private mutating func note() async throws {
        guard let ticket = held.last else { return }
        _ = try await store.note(ticket.mine, progress: [1], log: ["x"])
        if let its = ticket.its { _ = try await twin?.note(its, progress: [1], log: ["x"]) }
    }

    private mutating func onAny(_ operation: (any JobStore, JobID) async throws -> String) async throws {
        guard !jobs.isEmpty else { return }
        let id = pick(jobs).id
        try await both { store in try await operation(store, id) }
    }

    /// The twin must answer the same.
    private func both(_ operation: (any JobStore) async throws -> String) async throws {
        let mine = try await operation(store)
        if let twin { #expect(try await operation(twin) == mine) }
    }
}
