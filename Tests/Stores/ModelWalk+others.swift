import RoostJobs
import RoostTestKit

extension ModelWalk {
    mutating func setQueue() async throws {
        let count = Int(number(1...4))
        let rate = RateLimit(count: count, period: promises.remembersStarts ? seconds(20) : .seconds(12))
        let change: QueueChange = pick([
            .pause, .resume, .resume, .with { $0.concurrency = count }, .with { $0.concurrency = .some(nil) },
            .with { $0.rate = rate }, .with { $0.rate = .some(nil) }, .with { $0.quota = 20 },
            .with { $0.quota = .some(nil) }, .with { $0.tenantConcurrency = count }, .with { $0.tenantRate = rate },
            .with {
                $0.tenantConcurrency = .some(nil)
                $0.tenantRate = .some(nil)
            },
        ])
        let name = change.quota == nil && change.tenantConcurrency == nil ? pick(["x", "y", "*"]) : "x"
        try await compare("set \(name) \(change)") { try await $0.setQueue(name, change) }
    }

    mutating func batch() async throws {
        if batches.count > 1 || (!batches.isEmpty && chance(50)) {
            let id = batches.removeFirst()
            closed.append(id)
            try await compare("close batch \(id)") { try await $0.closeBatch(id) }
        } else {
            let batch = NewBatch(
                id: id(), name: pick([nil, "n"]), onComplete: bare("a", "x"),
                onSuccess: chance(50) ? nil : bare("b", "y"))
            batches.append(batch.id)
            jobs += [batch.onComplete, batch.onSuccess].compactMap { $0 }
            try await compare("open batch \(batch.id)") { try await $0.openBatch(batch) }
        }
        for id in batches + closed.suffix(3) {
            try await compare("batch \(id)") { try await $0.batch(id) }
            try await compare("members of \(id)") { try await $0.batchMembers(id, offset: 0, limit: 100) }
        }
    }

    mutating func cron() async throws {
        let name = pick(["c", "d"])
        let next = clock.now.advanced(by: seconds(60))
        switch number(0...5) {
        case 0:
            var entry = CronEntry(name: name, schedule: "@every 60s", job: bare("a", "x"))
            entry.isPaused = chance(30)
            let cron = entry
            try await compare("put cron \(name)") { try await $0.putCron(cron, next: next) }
        case 1: try await compare("delete cron \(name)") { try await $0.deleteCron(name) }
        default:
            let due = try await compare("due crons") { try await $0.dueCrons(limit: 10, wait: .zero) }
            for status in due?.crons ?? [] {
                let slot = status.next ?? clock.now
                let wrong = chance(20)
                var job = bare("a", pick(["x", "y"]))
                job.id = CronSlot(name: status.entry.name, time: slot).jobID
                jobs.append(job)
                let fired = job
                let then: Timestamp? = chance(10) ? nil : next
                try await compare("fire \(status.entry.name)") {
                    try await $0.fireCron(
                        status.entry.name, slot: wrong ? slot.advanced(by: .seconds(1)) : slot, next: then,
                        jobs: status.entry.isPaused ? [] : [fired])
                }
            }
        }
        try await compare("crons") { try await $0.crons().map { [$0.next, $0.last] } }
    }

    mutating func announce() async throws {
        let worker = pick(["w1", "w2"])
        let notice = WorkerNotice(worker: worker, queues: pick([["x"], ["x", "y"]]), types: pick([nil, ["a"]]))
        let ttl = seconds(60)
        if chance(20) {
            try await compare("withdraw \(worker)") { try await $0.withdraw(worker: worker) }
        } else {
            try await compare("announce \(worker)") { try await $0.announce(notice, ttl: ttl) }
        }
        try await compare("workers") { try await $0.workers().sorted { $0.worker < $1.worker } }
    }

    mutating func shared() async throws {
        let (name, version, body) = (pick(["a", "b"]), Int(number(0...2)), [UInt8(number(0...255))])
        switch number(0...4) {
        case 0: try await compare("remove document") { try await $0.removeDocument(name, in: "c") }
        case 1:
            let (log, keeping) = pick([("l", 2), ("m", 5)])
            for _ in 0..<number(1...4) {
                try await compare("append") { try await $0.append(body, to: log, keeping: keeping) }
            }
            try await compare("entries") { try await $0.entries(of: log, before: nil, limit: 3).map(\.body) }
        case 2:
            let (amount, limit) = (Int(number(0...3)), Int(number(0...9)))
            try await compare("spend") { try await $0.spend(amount, of: name, limit: limit, period: .seconds(20)) }
        default:
            try await compare("put document") {
                try await $0.putDocument(name, in: "c", body: body, replacing: version)
            }
        }
        try await compare("documents") { try await $0.documents(in: "c") }
    }

    mutating func note() async throws {
        guard !held.isEmpty else { return }
        let some = chance(80) ? pick(held) : stale.last ?? pick(held)
        let text = String(repeating: "é", count: Int(number(0...3000)))
        let lines = (0..<number(0...12)).map { _ in text }
        let progress: [UInt8]? = pick([nil, [1], [2]])
        tell("note \(some.mine.id)")
        let mine = try await store.note(some.mine, progress: progress, log: lines)
        let its = try await model.note(some.its, progress: progress, log: lines)
        if mine != its { throw difference("note", mine, its) }
        let id = some.mine.id
        try await compare("notes \(id)") { try await $0.notes(id) }
    }

    mutating func prune() async throws {
        try await compare("prune") { try await $0.prune(limit: 500, retention: Retention()) }
    }

    // MARK: Looking

    private mutating func search() async throws {
        if chance(16) {
            let isOn = chance(50)
            try await compare("searchable") { try await $0.setQueue("y", .with { $0.isSearchable = isOn }) }
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
        query.since = pick([nil, nil, nil, pick(jobs).id.timestamp])
        query.until = pick([nil, nil, nil, pick(jobs).id.timestamp])
        query.olderThan = pick([nil, nil, nil, pick(jobs).id])
        query.offset = Int(pick([0, 0, number(0...9)]))
        let asked = query
        // What is over and was not pruned yet may count for it.
        if asked.offset > 0 { try await prune() }
        try await compare("list \(asked)") { try await Self.page($0, asked) }
        try await compare("total \(asked)") { try await $0.list(asked).total }
    }

    /// A whole page: a store may return a shorter one that goes on where it looked last.
    private static func page(_ store: any JobStore, _ query: JobQuery) async throws -> [JobRecord] {
        var (query, jobs) = (query, [JobRecord]())
        while true {
            let page = try await store.list(query)
            jobs += page.jobs
            guard jobs.count < query.limit, let next = page.next else { return Array(jobs.prefix(query.limit)) }
            query.olderThan = next
            query.offset = 0
        }
    }

    mutating func look() async throws {
        guard !jobs.isEmpty else { return }
        for _ in 0..<3 { try await search() }
        let id = pick(jobs).id
        try await compare("job \(id)") { try await $0.job(id) }
        try await compare("parents \(id)") { try await $0.parents(of: id) }
        try await compare("notes \(id)") { try await $0.notes(id) }
        // What was called off may count for places in the lane.
        let isRunning = try await model.job(id)?.state == .running
        if promises.leavesLanes || hasTenants || calledOff.isEmpty, promises.leasesByClock || !isRunning {
            try await compare("wait reasons \(id)") { try await $0.waitReasons(id) }
            try await compare("details \(id)") { try await $0.details(id) }
        }
        try await compare("key") { try await $0.job(uniqueKey: "k1") }
        try await compareCounts()
        try await compareEnds()
    }

    private mutating func compareCounts() async throws {
        try await compare("queues") { try await $0.queues() }
        try await compare("totals") { try await $0.counts().totals }
    }

    private mutating func compareEnds() async throws {
        tell("ends")
        let mine = try await store.ends(limit: 10_000, wait: .zero)
        let its = try await model.ends(limit: 10_000, wait: .zero)
        // Between jobs that one call ended no order is promised, between two ends of one job it is.
        func states(_ ends: [JobEnd]) -> [JobID: [JobState]] {
            Dictionary(grouping: ends, by: \.id).mapValues { $0.map(\.state) }
        }
        guard states(mine) == states(its) else { throw difference("ends", mine, its) }
        if let last = mine.last, let other = its.last {
            try await store.forgetEnds(through: last.position)
            try await model.forgetEnds(through: other.position)
        }
    }

    mutating func compareAll() async throws {
        for job in jobs {
            try await compare("job \(job.id)") { try await $0.job(job.id) }
            try await compare("notes \(job.id)") { try await $0.notes(job.id) }
        }
        try await compareCounts()
        try await compareEnds()
        try await compare("list") { try await Self.page($0, JobQuery(limit: 200)) }
        try await compare("documents") { try await $0.documents(in: "c") }
        for id in closed { try await compare("batch \(id)") { try await $0.batch(id) } }
    }
}
