import RoostJobs
import Testing

extension StoreConformance {
    static let replaying: [StoreCase] = [
        StoreCase("a replayed dead letter runs again with fresh attempts and its payload") { store, _ async throws in
            let id = try await store.enqueue1(payload: Array("{\"a\":1}".utf8))
            try await store.attempt(.retry(after: .zero, error: "one"))
            try await store.attempt(.failed(error: "two"))
            #expect(try await store.replay(id) == .queued)
            let queued = try await store.record(id)
            #expect(queued.state == .queued)
            #expect(queued.error == nil)
            #expect(queued.finishedAt == nil)
            #expect(queued.expiresAt == nil)
            #expect(queued.failures == 0)
            let claim = try await store.claim1()
            #expect(claim.job.id == id)
            #expect(claim.job.attempt == 3)
            #expect(claim.job.attemptsBefore == 2)
            #expect(claim.job.failures == 1)
            #expect(claim.job.payload == Array("{\"a\":1}".utf8))
            _ = try await store.settle(claim.ticket, .done)
            #expect(try await store.counts().queues["q"]?[.done] == 1)
            #expect(try await store.counts()[.failed] == 0)
        },
        StoreCase("only failed and cancelled jobs are replayed") { store, clock async throws in
            let id = try await store.enqueue1(start: .after(clock.long))
            #expect(try await store.replay(id) == .refused(.scheduled))
            let other = try await store.enqueue1()
            #expect(try await store.replay(other) == .refused(.queued))
            let claim = try await store.claim1()
            #expect(try await store.replay(other) == .refused(.running))
            _ = try await store.settle(claim.ticket, .done)
            #expect(try await store.replay(other) == .refused(.done))
            #expect(try await store.replay(JobIDGenerator.shared.next()) == .unknown)
        },
        StoreCase("crashes before a replay do not count after it") { store, clock async throws in
            let id = try await store.enqueue1()
            for _ in 0..<2 {
                _ = try await store.claim1(lease: clock.short)
                _ = try await clock.reclaimed(store, maxCrashes: 2)
            }
            #expect(try await store.record(id).state == .failed)
            _ = try await store.replay(id)
            #expect(try await store.record(id).crashes == 0)
            _ = try await store.claim1(lease: clock.short)
            #expect(try await clock.reclaimed(store, maxCrashes: 2).requeued == [id])
        },
        StoreCase("a replay takes its unique key back unless another job holds it") { store, _ async throws in
            let first = try await store.enqueue1(key: "k")
            try await store.attempt(.failed(error: "x"))
            _ = try await store.replay(first)
            let other = NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")
            #expect(try await store.enqueue([other]) == [.existing(first)])
            try await store.attempt(.failed(error: "x"))
            #expect(try await store.enqueue([other]) == [.accepted(other.id)])
            #expect(try await store.replay(first) == .queued)
            #expect(try await store.job(uniqueKey: "k")?.id == other.id)
        },
        StoreCase("the old attempt's ticket is worth nothing after a replay") { store, _ async throws in
            let id = try await store.enqueue1()
            let old = try await store.attempt(.failed(error: "x"))
            _ = try await store.replay(id)
            let new = try await store.claim1()
            #expect(try await store.settle(old, .done) == .leaseLost)
            #expect(try await store.settle(new.ticket, .done) == .settled)
        },
        StoreCase("a deleted job is gone in every state but running") { store, clock async throws in
            let scheduled = try await store.enqueue1(start: .after(clock.long))
            #expect(try await store.delete(scheduled) == .deleted)
            let queued = try await store.enqueue1()
            #expect(try await store.delete(queued) == .deleted)
            #expect(try await store.claims().isEmpty)
            let running = try await store.enqueue1()
            let claim = try await store.claim1()
            #expect(try await store.delete(running) == .running)
            _ = try await store.settle(claim.ticket, .done)
            #expect(try await store.delete(running) == .deleted)
            #expect(try await store.delete(running) == .unknown)
            #expect(try await store.counts().total == 0)
            #expect(try await store.list(JobQuery()).jobs.isEmpty)
        },
        StoreCase("a deleted job gives its unique key back and its id may be used again") { store, _ async throws in
            let job = NewJob(type: "t", queue: "q", payload: [7], uniqueKey: "k")
            _ = try await store.enqueue([job])
            _ = try await store.delete(job.id)
            #expect(try await store.enqueue([job]) == [.accepted(job.id)])
            #expect(try await store.claims().map(\.job.id) == [job.id])
        },
        StoreCase("what is no job is kept as a dead letter with its bytes, once") { store, _ async throws in
            let job = NewJob(type: "t", queue: "q", payload: Array("\"\\u0001\"".utf8))
            try await store.bury(job, error: "no such field")
            try await store.bury(job, error: "again")
            let record = try await store.record(job.id)
            #expect(record.state == .failed)
            #expect(record.error == "no such field")
            #expect(record.payload == job.payload)
            #expect(record.attempt == 0)
            #expect(record.expiresAt == record.insertedAt.advanced(by: JobDefaults.deadTTL))
            let counts = try await store.counts()
            #expect(counts.queues["q"]?[.failed] == 1)
            #expect(counts.totals.failed == 1)
            #expect(try await store.list(JobQuery(state: .failed)).jobs.map(\.id) == [job.id])
            #expect(try await store.replay(job.id) == .queued)
            #expect(try await store.claims().map(\.job.payload) == [job.payload])
        },
        StoreCase("claims of a worker known to be dead are taken back before their lease ends") {
            store, _ async throws in
            let ids = try await store.enqueue(count: 5)
            _ = try await store.claims(3, worker: "dead")
            let alive = try await store.claims(1, worker: "alive")
            var back: [JobID] = []
            while true {
                let some = try await store.reclaim(worker: "dead", limit: 2, maxCrashes: 3)
                if some.isEmpty { break }
                #expect(some.count <= 2)
                back += some.requeued
            }
            #expect(Set(back) == Set(ids[0..<3]))
            #expect(try await store.settle(alive[0].ticket, .done) == .settled)
            #expect(try await store.counts().totals.reclaimed == 3)
            #expect(try await Set(store.claims(worker: "other").map(\.job.id)) == Set(ids[0..<3] + [ids[4]]))
            #expect(try await store.record(ids[0]).crashes == 1)
        },
        StoreCase("a dead worker's ticket is refused after its claims were taken back") { store, _ async throws in
            try await store.enqueue1()
            let claim = try await store.claim1(worker: "dead")
            _ = try await store.reclaim(worker: "dead", limit: 10, maxCrashes: 3)
            #expect(try await store.settle(claim.ticket, .done) == .leaseLost)
            #expect(try await store.extend([claim.ticket], lease: .seconds(5)).lost == [claim.ticket])
            #expect(try await store.reclaim(worker: "nobody", limit: 10, maxCrashes: 3).isEmpty)
        },
    ]
}
