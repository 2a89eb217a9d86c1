import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Every inconsistency a check knows, planted with raw commands, is found and put right; work in progress is none.
@Suite(.serialized) struct RedisCheckTests {
    /// A job in every state, some with everything a job can have.
    private static func fill(_ place: RedisCase) async throws {
        let store = place.store
        _ = try await store.setQueue("q", .with { $0.concurrency = 100 })
        for type in ["done", "failed", "cancelled", "running", "queued"] {
            var job = NewJob(type: type, queue: "q", payload: [], uniqueKey: "u-\(type)")
            job.tenant = type == "queued" ? nil : "acme"
            job.deadline = .after(.seconds(600))
            _ = try await store.enqueue([job])
            if type == "queued" { continue }
            let claim = try #require(try await store.claims(1, types: [type]).first)
            _ = try await store.note(claim.ticket, progress: [0x31], log: ["line"])
            switch type {
            case "done": _ = try await store.settle(claim.ticket, .done)
            case "failed": _ = try await store.settle(claim.ticket, .failed(error: "no"))
            case "cancelled": _ = try await store.settle(claim.ticket, .cancelled(reason: "no"))
            default: _ = try await store.cancel(claim.job.id, reason: "later")
            }
        }
        let parent = try await store.enqueue1(type: "parent", start: .after(.seconds(600)))
        var child = NewJob(type: "child", queue: "q", payload: [])
        child.parents = [parent]
        _ = try await store.enqueue([child])
        let cron = CronEntry(name: "c", schedule: "@daily", job: NewJob(type: "t", payload: []))
        try await store.putCron(cron, next: Timestamp(microseconds: 1))
        _ = try await store.fireCron("c", slot: Timestamp(microseconds: 1), next: nil, jobs: [cron.job])
        try await store.announce(WorkerNotice(worker: "w", queues: ["q"], types: nil), ttl: .seconds(600))
    }

    @Test("a store that is fine has no findings, with jobs in every state")
    func fine() async throws {
        try await RedisCase.run { place in
            #expect(try await place.store.check(repair: true) == StoreReport())
            try await Self.fill(place)
            let before = try await place.store.all()
            let report = try await place.store.check(repair: true)
            #expect(report == StoreReport(jobs: before.count))
            #expect(try await place.store.all() == before)
            #expect(try await place.redis("EXISTS $recount").int == 0)
        }
    }

    @Test("what does not fit is found, left alone, found again and put right", arguments: RedisPlant.all)
    func planted(_ plant: RedisPlant) async throws {
        try await RedisCase.run { place in
            try await Self.fill(place)
            let ids = try await plant.body(place)
            for repair in [false, true] {
                let report = try await place.store.check(repair: repair)
                let found = Dictionary(report.findings.map { ($0.kind, $0.count) }, uniquingKeysWith: +)
                // What was not put right may show in more than one place.
                let seen = repair ? found : found.filter { plant.kinds[$0.key] != nil }
                #expect(seen == plant.kinds, "\(report.findings)")
                #expect(report.findings.allSatisfy { $0.isRepaired == repair })
            }
            try await plant.after(place, ids)
            let left = try await place.store.check(repair: false).findings
            #expect(left.isEmpty, "\(left)")
        }
    }

    @Test("what this version cannot read is reported and left alone, and the counts with it")
    func unreadable() async throws {
        try await RedisCase.run { place in
            try await Self.fill(place)
            let id = try await place.store.enqueue1()
            try await place.redis("SET $j:\(id) 9~from~the~future")
            try await place.redis("HSET $queues odd 9~x")
            try await place.redis("HSET $cron odd 9")
            try await place.redis("HSET $docs:c odd 9~1~x")
            try await place.redis("HINCRBY $counts q~q 3")
            let report = try await place.store.check(repair: true)
            #expect(report.findings.map(\.kind) == ["unreadable"])
            #expect(report.findings.first?.count == 4)
            #expect(report.findings.first?.isRepaired == false)
            #expect(try await place.redis("GET $j:\(id)").text?.hasPrefix("9") ?? false)
        }
    }

    @Test("only one check counts at a time; one that was given up does not stand in the way for long")
    func exclusive() async throws {
        try await RedisCase.run { place in
            try await Self.fill(place)
            try await place.redis("HSET $recount token other passed x")
            await StoreClock().expect(.unavailable) { _ = try await place.store.check(repair: false) }
            try await place.redis("PEXPIRE $recount 10")
            try await eventually("it is over") { (try? await place.store.check(repair: false).findings) == [] }
        }
    }

    @Test("a check that breaks off does not keep the next one waiting")
    func brokenOff() async throws {
        try await RedisCase.run { place in
            _ = try await place.store.enqueue(count: 1500)
            let odd = try #require(try await place.store.all().first?.id)
            try await place.redis("LPUSH $s:\(odd) x")
            await StoreClock().expect(.corrupt) { _ = try await place.store.check(repair: false) }
            try await place.redis("DEL $s:\(odd)")
            try await place.redis("DEL $j:\(odd)")
            #expect(try await place.store.check(repair: true).findings.map(\.kind).contains("dangling-index"))
        }
    }

    @Test("a key of another type where a record was is a finding like others, and stays")
    func oddRecord() async throws {
        try await RedisCase.run { place in
            _ = try await place.store.enqueue(count: 3)
            let odd = try #require(try await place.store.all().first?.id)
            try await place.redis("DEL $j:\(odd)")
            try await place.redis("LPUSH $j:\(odd) x")
            #expect(try await place.store.check(repair: true).findings.map(\.kind) == ["unreadable"])
            #expect(try await place.redis("TYPE $j:\(odd)").text == "list")
        }
    }

    @Test("beside running work a check finds nothing but what was planted, and repairs that to the number")
    func busy() async throws {
        try await RedisCase.run { place in
            let store = place.store
            // More than a window of each, so that a check sees the store in many moments.
            _ = try await store.enqueue(count: 3000)
            for _ in 0..<2 {
                _ = try await store.enqueue(
                    (0..<1500).map { _ in
                        var job = NewJob(type: "t", queue: "r", payload: [], start: .after(.seconds(600)))
                        job.tenant = "acme"
                        return job
                    })
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<3 {
                    group.addTask {
                        while !Task.isCancelled {
                            var jobs = (0..<5).map { _ in NewJob(type: "t", queue: "q", payload: []) }
                            jobs[0].tenant = "acme"
                            jobs[1].start = .after(.milliseconds(1))
                            guard (try? await store.enqueue(jobs)) != nil else { return }
                            let claims = try await store.claims(7, worker: "w\(worker)")
                            for (place, claim) in claims.enumerated() {
                                let outcomes: [Outcome] = [
                                    .done, .retry(after: .milliseconds(1), error: "x"), .released, .failed(error: "x"),
                                ]
                                _ = try await store.settle(claim.ticket, outcomes[place % 4])
                            }
                            _ = try await store.promoteDue(limit: 100, wait: .zero)
                            _ = try await store.cancel(jobs[4].id, reason: "x")
                            _ = try await store.delete(jobs[4].id)
                            _ = try await store.replay(claims.last?.job.id ?? jobs[0].id)
                        }
                    }
                }
                for _ in 0..<3 {
                    let report = try await store.check(repair: true)
                    #expect(report.findings.isEmpty, "\(report.findings)")
                }
                try await place.redis("HINCRBY $counts q~q 1000")
                try await place.redis("HINCRBY $live q|acme 7")
                let report = try await store.check(repair: true)
                #expect(report.findings.map(\.kind) == ["count-drift"])
                #expect(report.findings.first?.count == 2)
                group.cancelAll()
            }
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
    }
}
