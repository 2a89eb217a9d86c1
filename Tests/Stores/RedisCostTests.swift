import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Synchronization
import Testing

/// What a job without features asks of a Redis server: counted, never timed. A bound that is passed is a regression;
/// one that is far away after an improvement is to be lowered. That none of it grows with the queue is
/// `RedisStreamStoreScaleTests`' part.
@Suite(.serialized) struct RedisCostTests {
    /// What may be asked for at most.
    private enum Most {
        /// Commands of one call, those that its script calls included; each is one round trip.
        static let enqueue = 11
        static func claim(_ layout: Int) -> Int { layout == 3 ? 13 : 14 }
        static let emptyClaim = 4
        /// One more where a state has a key of its own and nobody said how large the payload was.
        static func settle(_ layout: Int) -> Int { layout == 3 ? 15 : 16 }
        static let details = 3
        /// Commands of a thousand jobs in one call: one a job, and those of the scripts.
        static let bulkEnqueue = 1030
        /// Commands of a claim of a hundred jobs: as those of one.
        static let bulkClaim = 13
        /// Commands of a hundred settles at once.
        static let settlesAtOnce = 70
        /// Commands of 64 calls at once.
        static let enqueuesAtOnce = 112
        /// Commands of details that callers ask for at once: one each, and those of the scripts they share. How many those
        /// are is a matter of chance, as nothing holds reads back. Each script asks for the jobs' places and for the workers,
        /// and looks once at the beginning of each record in the lane that has no state elsewhere.
        static func detailsAtOnce(_ scripts: Int, waiting: Int) -> Int { 64 + (8 + waiting) * scripts + 16 }
        /// Jobs of the largest script.
        static let script = 500
        /// Scripts of calls at once that came while the first ones were on their way: those, and one for the rest; and one
        /// for a caller that was late.
        static let scriptsAtOnce = 4
        /// Commands by which a script, not a job, sees whether its jobs are among those that are called off, watched or
        /// timed; none while there are no such jobs.
        static let looks = 5
        /// Keys of a queued job, and of one that is done and has a result.
        static let queuedKeys = 1
        static func doneKeys(_ layout: Int) -> Int { layout == 3 ? 1 : 3 }
        /// Bytes of memory that those of a done job take, its payload of 100 and its result among them.
        static func doneBytes(_ layout: Int) -> Int { layout == 3 ? 360 : 550 }
        /// Keys of a queue and of a namespace.
        static let commonKeys = 16
    }

    private func jobs(_ count: Int, queue: String = "q") -> [NewJob] {
        (0..<count).map { _ in NewJob(type: "t", queue: queue, payload: [UInt8](repeating: 0x20, count: 100)) }
    }

    /// Once unmeasured: scripts are loaded, the group is made, a lane is known and does not become empty.
    private func warmUp(_ redis: RedisCase) async throws {
        _ = try await redis.store.enqueue(jobs(100))
        _ = try await redis.store.claims(2, queues: ["none"])
        let claim = try await redis.store.claim1()
        _ = try await redis.store.settle(claim.ticket, .done)
        _ = try await redis.store.details(claim.job.id)
    }

    @Test("a job's enqueue, claim, settle and details are one round trip each, of a few commands", arguments: [2, 3])
    func single(layout: Int) async throws {
        try await RedisCase.run(layout: layout) { redis in
            try await warmUp(redis)
            let store = redis.store
            let enqueue = try await redis.cost { _ = try await store.enqueue(jobs(1)) }
            #expect(enqueue.commands <= Most.enqueue && enqueue.reads == 1, "\(enqueue)")
            var claims: [Claim] = []
            let claim = try await redis.cost { claims = try await store.claims(1) }
            #expect(claims.count == 1 && claim.commands <= Most.claim(layout) && claim.reads == 1, "\(claim)")
            let settle = try await redis.cost { _ = try await store.settle(claims[0].ticket, .done) }
            #expect(settle.commands <= Most.settle(layout) && settle.reads == 1, "\(settle)")
            var details: JobDetails?
            let read = try await redis.cost { details = try await store.details(claims[0].job.id) }
            #expect(details?.job.state == .done && read.commands <= Most.details && read.reads == 1, "\(read)")
            let nothing = try await redis.cost { claims = try await store.claims(100, queues: ["none"]) }
            #expect(claims.isEmpty && nothing.commands <= Most.emptyClaim && nothing.reads == 1, "\(nothing)")
        }
    }

    @Test("a thousand jobs in one call, and claims of many, share their scripts and what is not a job's own")
    func bulk() async throws {
        try await RedisCase.run { redis in
            try await warmUp(redis)
            let store = redis.store
            let enqueue = try await redis.cost { _ = try await store.enqueue(jobs(1000)) }
            #expect(enqueue.commands <= Most.bulkEnqueue && enqueue.scripts <= 1000 / Most.script, "\(enqueue)")
            var claims: [Claim] = []
            let claim = try await redis.cost { claims = try await store.claims(100) }
            #expect(claims.count == 100 && claim.commands <= Most.bulkClaim && claim.reads == 1, "\(claim)")
            let tickets = Mutex(claims.map(\.ticket))
            let settle = try await redis.cost {
                try await atOnce(100, redis) {
                    _ = try await store.settle(tickets.withLock { $0.removeLast() }, .done)
                }
            }
            #expect(settle.commands <= Most.settlesAtOnce && settle.scripts <= Most.scriptsAtOnce, "\(settle)")
            #expect(try await store.counts()[.done] == 101)
        }
    }

    @Test("callers at once share round trips")
    func callers() async throws {
        try await RedisCase.run { redis in
            try await warmUp(redis)
            let store = redis.store
            let ids = Mutex<[JobID]>([])
            let enqueue = try await redis.cost {
                try await atOnce(64, redis) { [jobs = jobs(1)] in
                    var job = jobs[0]
                    job.id = JobIDGenerator.shared.next()
                    let id = try await store.enqueue([job])[0].id
                    ids.withLock { $0.append(contentsOf: [id].compactMap { $0 }) }
                }
            }
            #expect(enqueue.commands <= Most.enqueuesAtOnce && enqueue.scripts <= Most.scriptsAtOnce, "\(enqueue)")
            #expect(ids.withLock { Set($0).count } == 64)
            let details = try await redis.cost {
                try await atOnce(64, redis) {
                    let id = ids.withLock { $0.removeLast() }
                    let shown = try await store.details(id)
                    #expect(shown?.job.id == id)
                }
            }
            #expect(details.commands <= Most.detailsAtOnce(details.scripts, waiting: 164), "\(details)")
        }
    }

    @Test(
        "a queued job is one key, and one that is done with a result no more, or three where an earlier release may run",
        arguments: [2, 3])
    func keys(layout: Int) async throws {
        try await RedisCase.run(layout: layout) { redis in
            let store = redis.store
            let queued = try await redis.cost { _ = try await store.enqueue(jobs(1000)) }
            #expect(queued.keys <= 1000 * Most.queuedKeys + Most.commonKeys, "\(queued)")
            let done = try await redis.cost {
                for _ in 0..<10 {
                    for claim in try await store.claims(100) { _ = try await store.settle(claim.ticket, .done) }
                }
            }
            #expect(queued.keys + done.keys <= 1000 * Most.doneKeys(layout) + Most.commonKeys, "\(queued) \(done)")
            #expect(try await store.counts()[.done] == 1000)
            var bytes: Int64 = 0
            for key in try await redis.redis("KEYS $[jsr]:*").elements ?? [] {
                bytes += try await redis.count("MEMORY USAGE \(key.text ?? "")") ?? 0
            }
            #expect(bytes > 0 && Int(bytes) <= 1000 * Most.doneBytes(layout), "\(bytes) bytes")
        }
    }

    @Test("what other jobs have that a job has not, costs a script a look and a job nothing")
    func otherJobsFeatures() async throws {
        func life(_ redis: RedisCase) async throws -> (steps: [String: Int], many: Int) {
            let store = redis.store
            try await warmUp(redis)
            var claims: [Claim] = []
            let steps = [
                "enqueue": try await redis.cost { _ = try await store.enqueue(jobs(400)) }.commands,
                "claim": try await redis.cost { claims = try await store.claims(303) }.commands,
                "settle": try await redis.cost { _ = try await store.settle(claims[0].ticket, .done) }.commands,
                "retry": try await redis.cost {
                    _ = try await store.settle(claims[1].ticket, .retry(after: .zero, error: "e"))
                }.commands,
                "details": try await redis.cost { _ = try await store.details(claims[2].job.id) }.commands,
            ]
            let tickets = Mutex(claims.dropFirst(3).map(\.ticket))
            let many = try await redis.cost {
                try await atOnce(300, redis) {
                    _ = try await store.settle(tickets.withLock { $0.removeLast() }, .done)
                }
            }
            return (steps, many.commands)
        }
        var plain: (steps: [String: Int], many: Int) = ([:], 0)
        try await RedisCase.run { redis in plain = try await life(redis) }
        try await RedisCase.run { redis in
            try await redis.store.enqueueFeatures(queue: "other")
            let beside = try await life(redis)
            for (step, commands) in plain.steps {
                let all = beside.steps[step] ?? .max
                #expect(all <= commands + Most.looks, "\(step): \(commands) commands alone, \(all) beside others")
            }
            // How many scripts they share is a matter of chance; one command a job would be 300 more.
            let chance = Most.scriptsAtOnce * Most.settle(3)
            #expect(beside.many <= plain.many + chance, "\(plain.many) commands alone, \(beside.many) beside others")
        }
    }

    @Test("four nodes that share a queue ask no more for it than one would")
    func sharedQueue() async throws {
        try await RedisCase.run { redis in
            try await warmUp(redis)
            let (jobCount, limit) = (8000, 200)
            _ = try await redis.store.enqueue(jobs(jobCount))
            let clients = try (0..<4).map { _ in try RedisCase.client(redis.server) }
            let nodes = clients.map { RedisStreamStore(client: $0, configuration: RedisStreamStoreConfiguration()) }
            var done = 0
            let cost = try await redis.cost {
                done = try await withThrowingTaskGroup(of: Int.self) { group in
                    for node in nodes { group.addTask { try await drain(node, limit) } }
                    return try await group.reduce(0, +)
                }
            }
            // Those of the warm-up that wait yet are among them.
            #expect(done >= jobCount)
            // A claim and a settle for each limit's worth, and what a node needs to see that no more is there.
            #expect(cost.scripts <= 2 * (jobCount / limit + 1) + 2 * nodes.count, "\(cost)")
            for client in clients { await client.shutDown() }
        }
    }

    /// Claims and ends jobs until there are none; how many it were.
    private func drain(_ node: RedisStreamStore, _ limit: Int) async throws -> Int {
        var done = 0
        while true {
            let claims = try await node.claims(limit)
            if claims.isEmpty { return done }
            let settlements = try await node.settle(claims.map { AttemptEnd($0.ticket, .done) })
            #expect(settlements.allSatisfy { $0 == .settled })
            done += claims.count
        }
    }

    /// Calls at once, all of them made while the server holds back the first ones' writes.
    private func atOnce(
        _ count: Int, _ redis: RedisCase, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let other = try RedisCase.client(redis.server)
        try await other.send(RedisCommand("CLIENT", "PAUSE", "20000", "WRITE"))
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    arrival.yield()
                    try await body()
                }
            }
            var missing = count
            for await _ in arrivals {
                missing -= 1
                if missing == 0 { break }
            }
            try await other.send(RedisCommand("CLIENT", "UNPAUSE"))
            try await group.waitForAll()
        }
        await other.shutDown()
    }
}

extension JobStore {
    /// One job with each of what a job may have, and limits on its queue.
    fileprivate func enqueueFeatures(queue: String) async throws {
        let batch = NewBatch()
        try await openBatch(batch)
        var jobs = (0..<8).map { _ in NewJob(type: "f", queue: queue, payload: []) }
        jobs[0].uniqueKey = "key"
        jobs[1].tags = ["tag"]
        jobs[1].terms = ["field": "value"]
        jobs[2].tenant = "tenant"
        jobs[3].batch = batch.id
        jobs[4].parents = [jobs[0].id]
        jobs[5].start = .after(.seconds(3600))
        jobs[6].deadline = .after(.seconds(3600))
        jobs[7].startBy = .after(.seconds(3600))
        let results = try await enqueue(jobs)
        #expect(results.allSatisfy { if case .accepted = $0 { true } else { false } })
        _ = try await setQueue(
            queue,
            .with {
                $0.concurrency = 100
                $0.rate = RateLimit(count: 100, period: .seconds(1))
                $0.tenantConcurrency = 5
            })
    }
}
