import RoostJobs
import Testing

extension StoreConformance {
    static let reclaiming: [StoreCase] = [
        StoreCase("a claim that outlives its lease returns to the queue, one crash richer") { store, clock in
            let id = try await store.enqueue1()
            let claim = try await store.claim1(worker: "lost", lease: clock.short)
            #expect(try await clock.reclaimed(store) == Reclaimed(requeued: [id]))
            let record = try await store.record(id)
            #expect(record.state == .queued)
            #expect(record.crashes == 1)
            #expect(record.attempt == 1)
            #expect(record.failures == 0)
            #expect(record.finishedAt == nil)
            let again = try await store.claim1(worker: "next")
            #expect(again.job.attempt == 2)
            #expect(again.job.crashes == 1)
            #expect(again.job.worker == "next")
            #expect(again.ticket.token > claim.ticket.token)
        },
        StoreCase("only leases that ran out are taken back") { store, clock in
            _ = try await store.enqueue(count: 4)
            let kept = try await store.claims(2, lease: clock.long).map(\.job.id)
            let lost = try await store.claims(2, lease: clock.short).map(\.job.id)
            #expect(Set(try await clock.reclaimed(store, count: 2).requeued) == Set(lost))
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            for id in kept { #expect(try await store.record(id).state == .running) }
        },
        StoreCase("there is nothing to take back from an empty store, queued or settled jobs") { store, _ in
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            try await store.enqueue1()
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            try await store.attempt(.done)
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
        },
        StoreCase("an attempt settled before its lease ran out is not taken back") { store, clock in
            let first = try await store.enqueue1()
            let other = try await store.enqueue1()
            let settled = try await store.claim1(lease: clock.short)
            let claim = try await store.claim1(lease: clock.short)
            #expect(try await store.settle(settled.ticket, .retry(after: .zero, error: "x")) == .settled)
            let again = try await store.claim1(lease: clock.long)
            #expect(again.job.id == first)
            #expect(try await clock.reclaimed(store).requeued == [other])
            #expect(claim.job.id == other)
            #expect(try await store.record(first).state == .running)
            #expect(try await store.record(first).crashes == 0)
            #expect(try await store.settle(again.ticket, .done) == .settled)
        },
        StoreCase("a job that takes its workers down becomes a dead letter that names the last") { store, clock in
            let id = try await store.enqueue1()
            for crash in 1...2 {
                _ = try await store.claim1(worker: "w\(crash)", lease: clock.short)
                #expect(try await clock.reclaimed(store).requeued == [id])
            }
            _ = try await store.claim1(worker: "worker@last:3", lease: clock.short)
            #expect(try await clock.reclaimed(store) == Reclaimed(dead: [id]))
            let record = try await store.record(id)
            #expect(record.state == .failed)
            #expect(record.crashes == 3)
            #expect(record.attempt == 3)
            #expect(record.failures == 0)
            #expect(record.error == ErrorText.poison(crashes: 3, worker: "worker@last:3"))
            let end = try #require(record.finishedAt)
            #expect(record.expiresAt == end.advanced(by: JobDefaults.deadTTL))
            #expect(try await store.claims().isEmpty)
            #expect(try await store.counts().totals.failed == 1)
            #expect(try await store.counts().totals.reclaimed == 3)
        },
        StoreCase("with one crash allowed the first kills the job") { store, clock in
            let id = try await store.enqueue1()
            _ = try await store.claim1(lease: clock.short)
            #expect(try await clock.reclaimed(store, maxCrashes: 1) == Reclaimed(dead: [id]))
        },
        StoreCase("crashes and failures are counted apart") { store, clock in
            let id = try await store.enqueue1()
            try await store.attempt(.retry(after: .zero, error: "failure"))
            _ = try await store.claim1(lease: clock.short)
            _ = try await clock.reclaimed(store)
            try await store.attempt(.released)
            try await store.attempt(.retry(after: .zero, error: "failure"))
            let record = try await store.record(id)
            #expect(record.crashes == 1)
            #expect(record.attempt == 3)
            #expect(record.failures == 2)
        },
        StoreCase("a sweep takes back no more than its limit") { store, clock in
            _ = try await store.enqueue(count: 5)
            _ = try await store.claims(5, lease: clock.short)
            var sizes: [Int] = []
            var ids: [JobID] = []
            try await eventually("all leases run out") {
                let some = try await store.reclaim(limit: 2, maxCrashes: 3).requeued
                sizes.append(some.count)
                ids += some
                return ids.count == 5
            }
            #expect(sizes.allSatisfy { $0 <= 2 })
            #expect(Set(ids).count == 5)
        },
        StoreCase("several sweepers take each lease back once") { store, clock in
            _ = try await store.enqueue(count: 60)
            _ = try await store.claims(60, lease: clock.short)
            let ids = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var mine: [JobID] = []
                        try await eventually("all leases run out") {
                            mine += try await store.reclaim(limit: 7, maxCrashes: 3).requeued
                            return try await store.counts()[.running] == 0
                        }
                        return mine
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(ids.count == 60)
            #expect(Set(ids).count == 60)
            #expect(try await store.counts()[.queued] == 60)
            #expect(try await store.counts().totals.reclaimed == 60)
        },
        StoreCase("a job taken back keeps its priority and payload") { store, clock in
            let id = try await store.enqueue1(payload: [0, 1], priority: 2)
            _ = try await store.claim1(lease: clock.short)
            _ = try await clock.reclaimed(store)
            try await store.enqueue1(priority: 3)
            try await store.enqueue1(priority: 1)
            let claims = try await store.claims()
            #expect(claims.map(\.job.priority) == [1, 2, 3])
            #expect(claims[1].job.id == id)
            #expect(claims[1].job.payload == [0, 1])
        },
    ]
}
