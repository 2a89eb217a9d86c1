import RoostJobs
import Testing

extension StoreConformance {
    static let retrying: [StoreCase] = [
        StoreCase("a retry without delay is queued at once and counts its attempt") { store, _ in
            let id = try await store.enqueue1()
            try await store.attempt(.retry(after: .zero, error: "try 1"))
            let record = try await store.record(id)
            #expect(record.state == .queued)
            #expect(record.attempt == 1)
            #expect(record.failures == 1)
            #expect(record.error == "try 1")
            #expect(record.runAt == nil)
            #expect(try await store.claim1().job.attempt == 2)
            #expect(try await store.counts().totals.retried == 1)
        },
        StoreCase("a retry with a delay is scheduled for it") { store, clock in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            _ = try await store.settle(claim.ticket, .retry(after: clock.long, error: "try 1"))
            let record = try await store.record(id)
            #expect(record.state == .scheduled)
            #expect(record.attempt == 1)
            #expect(record.error == "try 1")
            #expect(record.finishedAt == nil)
            #expect(record.expiresAt == nil)
            let due = try #require(claim.job.startedAt?.advanced(by: clock.long))
            #expect(try #require(record.runAt) >= due)
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
        },
        StoreCase("a retry comes back when its delay is over") { store, clock in
            let id = try await store.enqueue1()
            try await store.attempt(.retry(after: clock.short, error: "x"))
            let due = try #require(try await store.record(id).runAt)
            try await clock.promoted(store)
            let claim = try await store.claim1(worker: "second")
            #expect(claim.job.id == id)
            #expect(claim.job.attempt == 2)
            #expect(claim.job.worker == "second")
            #expect(claim.job.runAt == nil)
            #expect(try #require(claim.job.startedAt) >= due)
        },
        StoreCase("a job may be tried many times") { store, _ in
            let id = try await store.enqueue1()
            for attempt in 1...40 {
                let claim = try await store.claim1()
                #expect(claim.job.attempt == attempt)
                _ = try await store.settle(claim.ticket, .retry(after: .zero, error: "try \(attempt)"))
            }
            #expect(try await store.record(id).failures == 40)
            #expect(try await store.counts().totals.started == 40)
        },
    ]

    static let scheduling: [StoreCase] = [
        StoreCase("nothing is promoted early") { store, clock in
            let id = try await store.enqueue1(start: .after(clock.long))
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
            #expect(try await store.promoteDue(limit: 10, wait: clock.short) == 0)
            #expect(try await store.record(id).state == .scheduled)
        },
        StoreCase("a job is promoted when its time has come") { store, clock in
            let id = try await store.enqueue1(start: .after(clock.short))
            let due = try #require(try await store.record(id).runAt)
            try await clock.promoted(store)
            let record = try await store.record(id)
            #expect(record.state == .queued)
            #expect(record.runAt == nil)
            #expect(record.attempt == 0)
            #expect(try #require(try await store.claim1().job.startedAt) >= due)
        },
        StoreCase("a promotion waits no longer than it may") { store, clock async throws in
            let start = ContinuousClock.now
            #expect(try await store.promoteDue(limit: 10, wait: clock.short) == 0)
            #expect(ContinuousClock.now - start >= clock.short)
            #expect(ContinuousClock.now - start < clock.patience)
        },
        StoreCase("a promotion moves no more than its limit") { store, clock in
            let jobs = (0..<5).map { _ in NewJob(type: "t", queue: "q", payload: [], start: .after(clock.short)) }
            _ = try await store.enqueue(jobs)
            try await store.enqueue1(queue: "last", start: .after(.milliseconds(60)))
            var moved: [Int] = []
            try await eventually("all come due") {
                moved.append(try await store.promoteDue(limit: 2, wait: clock.patience))
                return moved.reduce(0, +) == 6
            }
            #expect(moved.allSatisfy { $0 <= 2 })
            #expect(try await store.counts()[.queued] == 6)
            #expect(try await store.claims().count == 5)
        },
        StoreCase("a waiting promotion is woken by a job due earlier") { store, clock in
            try await store.enqueue1(start: .after(clock.long))
            let start = ContinuousClock.now
            async let moved = store.promoteDue(limit: 10, wait: clock.wait)
            try await clock.lull(store)
            let id = try await store.enqueue1(start: .after(clock.short))
            #expect(try await moved == 1)
            #expect(ContinuousClock.now - start < clock.patience)
            #expect(try await store.record(id).state == .queued)
        },
        StoreCase("a waiting promotion is woken by a retry and by a snooze") { store, clock in
            for outcome in [.retry(after: clock.short, error: "x"), .snoozed(clock.short)] as [Outcome] {
                try await store.enqueue1()
                let claim = try await store.claim1()
                let start = ContinuousClock.now
                async let moved = store.promoteDue(limit: 10, wait: clock.wait)
                try await clock.lull(store)
                _ = try await store.settle(claim.ticket, outcome)
                #expect(try await moved == 1)
                #expect(ContinuousClock.now - start < clock.patience)
                try await store.attempt(.done)
            }
        },
        StoreCase("jobs promoted together keep the order of their times") { store, clock in
            let jobs = [50, 20, 35].map {
                NewJob(type: "t", queue: "q", payload: [], start: .after(.milliseconds($0)))
            }
            _ = try await store.enqueue(jobs)
            try await clock.promoted(store, count: 3)
            #expect(try await store.claims().map(\.job.id) == [jobs[1].id, jobs[2].id, jobs[0].id])
        },
        StoreCase("a promoted job keeps its queue, type and priority") { store, clock in
            try await store.enqueue1(type: "a", queue: "x", priority: 1, start: .after(clock.short))
            try await store.enqueue1(type: "b", queue: "x", priority: 2)
            try await clock.promoted(store)
            #expect(try await store.claims(queues: ["x"]).map(\.job.type) == ["a", "b"])
        },
        StoreCase("several promoters promote each job once") { store, clock in
            let jobs = (0..<100).map { _ in NewJob(type: "t", queue: "q", payload: [], start: .after(clock.short)) }
            _ = try await store.enqueue(jobs)
            let moved = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        var mine = 0
                        while try await store.counts()[.scheduled] > 0 {
                            mine += try await store.promoteDue(limit: 7, wait: clock.short)
                        }
                        return mine
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(moved == 100)
            #expect(try await store.counts()[.queued] == 100)
            #expect(Set(try await store.claims(200).map(\.job.id)).count == 100)
        },
    ]
}
