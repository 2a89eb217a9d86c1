import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostStores

@Suite("What an SQLite file keeps over a restart")
struct SQLiteFeatureRestartTests {
    private let start = Timestamp.now()

    /// A job of type `t` in queue `q`.
    private func job(_ change: (inout NewJob) -> Void = { _ in }) -> NewJob {
        var job = NewJob(type: "t", queue: "q", payload: [1])
        change(&job)
        return job
    }

    @Test("pauses and limits")
    func settings() async throws {
        let folder = try SQLiteFolder()
        var expected: [QueueSettings] = []
        try await folder.withStore { store async throws in
            expected.append(try await store.setQueue("*", .pause))
            expected.append(
                try await store.setQueue(
                    "q",
                    .with {
                        $0.concurrency = 2
                        $0.rate = RateLimit(count: 30, period: .seconds(60))
                        $0.tenantConcurrency = 1
                        $0.tenantRate = RateLimit(count: 1, period: .milliseconds(1))
                        $0.quota = 7
                    }))
            _ = try await store.setQueue("gone", .pause)
            _ = try await store.setQueue("gone", .resume)
        }
        try await folder.withStore { store async throws in
            #expect(try await store.queues().map(\.settings) == expected)
            try await store.enqueue1()
            #expect(try await store.claims().isEmpty)
            _ = try await store.setQueue("*", .resume)
            #expect(try await store.claims().count == 1)
        }
    }

    @Test("how many jobs started under a rate, exactly")
    func rates() async throws {
        let folder = try SQLiteFolder()
        let offset = Mutex(Duration.zero)
        let start = start
        let now: @Sendable () -> Timestamp = { start.advanced(by: offset.withLock { $0 }) }
        try await folder.withStore(now: now) { store async throws in
            let rate = RateLimit(count: 5, period: .seconds(60))
            _ = try await store.setQueue("q", .with { $0.rate = rate })
            _ = try await store.setQueue("q", .with { $0.tenantRate = RateLimit(count: 4, period: .seconds(60)) })
            _ = try await store.enqueue(count: 20)
            _ = try await store.enqueue(tenant: "a", count: 20)
            #expect(try await store.claims(2).count == 2)
            offset.withLock { $0 = .seconds(10) }
            #expect(try await store.claims(2).count == 2)
        }
        try await folder.withStore(now: now) { store async throws in
            // What ran was taken back; those starts count all the same.
            #expect(try await store.claims().count == 1)
            #expect(try await store.claims().isEmpty)
            offset.withLock { $0 = .seconds(60) }
            #expect(try await store.claims().count == 2)
        }
        try await folder.withStore(now: now) { store async throws in
            #expect(try await store.claims().isEmpty)
            offset.withLock { $0 = .seconds(70) }
            #expect(try await store.claims().count == 3)
        }
    }

    @Test("periodic jobs with everything they say")
    func crons() async throws {
        let folder = try SQLiteFolder()
        var template = job { job in
            job.payload = Array("{}".utf8)
            job.unique = UniqueRule(key: "k", period: .seconds(9), conflict: .extend)
            job.idempotency = IdempotencyKey(key: "i", digest: "d")
            job.retry = RetryPolicy(.list([.seconds(1), .seconds(5)]), jitter: 0.5)
            job.startBy = .after(.seconds(10))
            job.tenant = "a"
            job.tags = ["x", "y"]
            job.trace = "00-trace"
            job.parentRule = .ended
        }
        template.start = .after(.seconds(3))
        template.deadline = .at(start)
        let entry = CronEntry(
            name: "c", schedule: "* * * * *", timeZone: "Europe/Berlin", catchUp: .all, isPaused: true, job: template)
        let slot = start.advanced(by: .seconds(60))
        let next = start.advanced(by: .seconds(120))
        try await folder.withStore { store async throws in
            try await store.putCron(entry, next: slot)
            try await store.putCron(CronEntry(name: "d", schedule: "@daily", job: job()), next: next)
            #expect(try await store.fireCron("c", slot: slot, next: next, jobs: []))
        }
        try await folder.withStore { store async throws in
            let crons = try await store.crons()
            #expect(crons.first == CronStatus(entry: entry, next: next, last: slot))
            #expect(try await !store.fireCron("c", slot: slot, next: nil, jobs: [job()]))
            #expect(try await store.fireCron("d", slot: next, next: nil, jobs: [job()]))
            #expect(try await store.crons().map(\.next) == [next, nil])
            #expect(try await store.counts().total == 1)
        }
    }

    @Test("children that wait, also for parents whose end nobody was told of")
    func parents() async throws {
        let folder = try SQLiteFolder()
        let parents = [job(), job()]
        let child = job { $0.parents = parents.map(\.id) }
        let other = job {
            $0.parents = [parents[0].id]
            $0.start = .after(.seconds(600))
        }
        try await folder.withStore { store async throws in
            _ = try await store.enqueue(parents + [child, other])
            try await store.attempt(.done)
        }
        try await folder.withStore { store async throws in
            #expect(try await store.waitReasons(child.id) == [.parents(2)])
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
            #expect(try await store.waitReasons(child.id) == [.parents(1)])
            #expect(try await store.waitReasons(other.id).count == 1)
            #expect(try await store.parents(of: child.id).map(\.id) == parents.map(\.id))
            try await store.attempt(.done)
        }
        try await folder.withStore { store async throws in
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 1)
            #expect(try await store.claim1().job.id == child.id)
        }
    }

    @Test("batches, their members and what follows them")
    func batches() async throws {
        let folder = try SQLiteFolder()
        let batch = NewBatch(name: "b", onComplete: job { $0.queue = "after" }, onSuccess: job { $0.queue = "well" })
        try await folder.withStore { store async throws in
            try await store.openBatch(batch)
            _ = try await store.enqueue(batch: batch.id, count: 2)
            try await store.attempt(.done)
        }
        try await folder.withStore { store async throws in
            #expect(try await store.batch(batch.id)?.pending == 2)
            _ = try await store.enqueue(batch: batch.id, count: 1)
            #expect(try await store.closeBatch(batch.id)?.total == 3)
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
            try await store.attempt(.failed(error: "x"))
        }
        try await folder.withStore { store async throws in
            #expect(try await store.batchMembers(batch.id, offset: 0, limit: 10).count == 3)
            try await store.attempt(.done)
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 2)
            #expect(try await store.claims(queues: ["after"]).count == 1)
            #expect(try await store.record(try #require(batch.onSuccess?.id)).state == .cancelled)
        }
        let status = try await folder.withStore { try await $0.batch(batch.id) }
        #expect(status?.done == 2 && status?.failed == 1 && status?.finishedAt != nil)
    }

    @Test("wishes to cancel: what ran with one is cancelled, not run again")
    func wishes() async throws {
        let folder = try SQLiteFolder()
        let id = try await folder.withStore { store async throws in
            let id = try await store.enqueue1()
            _ = try await store.claim1()
            #expect(try await store.cancel(id, reason: "enough") == .requested(worker: "w"))
            return id
        }
        try await folder.withStore { store async throws in
            #expect(store.recovered == Reclaimed(cancelled: [id]))
            #expect(try await store.record(id).error == "enough")
            #expect(try await store.notes(id)?.failures.map(\.error) == [ErrorText.workerLost])
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
    }

    @Test("idempotency keys, and unique keys whose period outlives their job")
    func keys() async throws {
        let folder = try SQLiteFolder()
        let first = job {
            $0.idempotency = IdempotencyKey(key: "i", digest: "d")
            $0.unique = UniqueRule(key: "k", period: .seconds(600))
        }
        try await folder.withStore { store async throws in
            _ = try await store.enqueue([first])
            try await store.attempt(.done)
            #expect(try await store.delete(first.id) == .deleted)
        }
        try await folder.withStore { store async throws in
            #expect(
                try await store.enqueue([
                    job { $0.idempotency = first.idempotency },
                    job { $0.idempotency = IdempotencyKey(key: "i", digest: "e") }, job { $0.unique = first.unique },
                ]) == [.repeated(first.id), .mismatched(first.id), .existing(first.id)])
        }
    }

    @Test("rare fields, notes and attempts")
    func fields() async throws {
        let folder = try SQLiteFolder()
        let rare = job {
            $0.retry = RetryPolicy(.fixed(.seconds(3)))
            $0.deadline = .after(.seconds(900))
            $0.startBy = .after(.seconds(800))
            $0.tenant = "a"
            $0.tags = ["x", "y"]
            $0.trace = "00-trace"
        }
        let before = try await folder.withStore { store async throws in
            _ = try await store.enqueue([rare])
            let ticket = try await store.claim1().ticket
            #expect(try await store.note(ticket, progress: [1, 2], log: ["a", "b"]) == .settled)
            #expect(try await store.settle(ticket, .retry(after: .zero, error: "x")) == .settled)
            return (try await store.record(rare.id), try await store.notes(rare.id))
        }
        try await folder.withStore { store async throws in
            #expect(try await store.record(rare.id) == before.0)
            #expect(try await store.notes(rare.id) == before.1)
            #expect(before.0.retry == rare.retry && before.0.tags == rare.tags && before.0.deadline != nil)
            #expect(before.1?.log.map(\.text) == ["a", "b"] && before.1?.failures.count == 1)
            let claim = try await store.claim1()
            #expect(claim.job.tenant == "a" && claim.job.trace == "00-trace" && claim.ticket.tenant == "a")
        }
    }

    @Test("turns of tenants: whoever has waited longest is next")
    func turns() async throws {
        let folder = try SQLiteFolder()
        try await folder.withStore { store async throws in
            for tenant in ["a", "a", "b", "c", "c"] { try await store.enqueue(tenant: tenant, count: 1) }
            #expect(try await store.claims(1).map(\.job.tenant) == ["a"])
        }
        try await folder.withStore { store async throws in
            #expect(try await store.claims(4).map(\.job.tenant) == ["a", "b", "c", "a"])
        }
    }
}
