import RoostJobs
import Testing

extension StoreConformance {
    static let limits: [StoreCase] = [
        StoreCase("a paused queue starts nothing; the others go on; resuming starts it again") {
            store, clock async throws in
            let id = try await store.enqueue1()
            try await store.enqueue1(queue: "other")
            #expect(try await store.setQueue("q", .pause).isPaused)
            #expect(try await store.claims(queues: ["q", "other"]).map(\.job.queue) == ["other"])
            try await store.enqueue1()
            let claims = try await clock.claimed(store) { _ = try await store.setQueue("q", .resume) }
            #expect(claims.map(\.job.id) == [id])
        },
        StoreCase("pausing all queues pauses each, and what runs is settled") { store, _ async throws in
            try await store.enqueue1()
            let claim = try await store.claim1()
            try await store.enqueue1()
            try await store.enqueue1(queue: "other")
            _ = try await store.setQueue(QueueSettings.all, .pause)
            #expect(try await store.claims(queues: ["q", "other"]).isEmpty)
            #expect(try await store.settle(claim.ticket, .released) == .settled)
            #expect(try await store.claims(queues: ["q", "other"]).isEmpty)
            _ = try await store.setQueue(QueueSettings.all, .resume)
            #expect(try await store.claims(queues: ["q", "other"]).count == 3)
        },
        StoreCase("jobs that come due in a paused queue wait there") { store, clock async throws in
            _ = try await store.setQueue("q", .pause)
            try await store.enqueue1(start: .after(clock.short))
            try await clock.promoted(store)
            #expect(try await store.claims().isEmpty)
            #expect(try await store.counts()[.queued] == 1)
        },
        StoreCase("no more jobs of a queue run at once than may, whoever asks") { store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.concurrency = 2 })
            _ = try await store.enqueue(count: 5)
            let first = try await store.claims(worker: "a")
            #expect(first.count == 2)
            #expect(try await store.claims(worker: "b").isEmpty)
            let next = try await clock.claimed(store) { _ = try await store.settle(first[0].ticket, .done) }
            #expect(next.count == 1)
            #expect(try await store.claims().isEmpty)
        },
        StoreCase(
            "a place comes back however an attempt ends",
            arguments: [
                .failed(error: "x"), .retry(after: .seconds(600), error: "x"), .snoozed(.seconds(600)),
                .cancelled(reason: "x"), .done,
            ]
        ) { store, _, outcome async throws in
            _ = try await store.setQueue("q", .with { $0.concurrency = 1 })
            _ = try await store.enqueue(count: 2)
            try await store.attempt(outcome)
            #expect(try await store.claims().count == 1)
            #expect(try await store.claims().isEmpty)
            _ = try await store.reclaim(worker: "w", limit: 10, maxCrashes: 1)
            #expect(try await store.counts()[.running] == 0)
        },
        StoreCase("a lost worker's place comes back with its claim") { store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.concurrency = 1 })
            _ = try await store.enqueue(count: 2)
            _ = try await store.claim1(lease: clock.short)
            #expect(try await store.claims().isEmpty)
            _ = try await clock.reclaimed(store)
            #expect(try await store.claims().count == 1)
        },
        StoreCase("a limit on all queues holds over all") { store, _ async throws in
            _ = try await store.setQueue(QueueSettings.all, .with { $0.concurrency = 3 })
            _ = try await store.enqueue(count: 4)
            _ = try await store.enqueue(count: 4, queue: "other")
            #expect(try await store.claims(2).count == 2)
            #expect(try await store.claims(queues: ["other", "q"]).count == 1)
            #expect(try await store.claims(queues: ["other"]).isEmpty)
        },
        StoreCase("a queue at its limit does not keep another queue's jobs back") { store, _ async throws in
            _ = try await store.setQueue("q", .with { $0.concurrency = 1 })
            for _ in 0..<3 { try await store.enqueue1(priority: 1) }
            let other = try await store.enqueue1(queue: "other", priority: 9)
            let claims = try await store.claims(10, queues: ["q", "other"])
            #expect(claims.count == 2)
            #expect(claims.last?.job.id == other)
        },
        StoreCase("no more jobs start in a time than may") { store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.rate = RateLimit(count: 3, period: clock.long) })
            _ = try await store.enqueue(count: 6)
            #expect(try await store.claims(2).count == 2)
            #expect(try await store.claims().count == 1)
            #expect(try await store.claims().isEmpty)
            for _ in 0..<2 { try await store.enqueue1(queue: "other") }
            #expect(try await store.claims(queues: ["q", "other"]).count == 2)
        },
        StoreCase("a start counts against the rate however the attempt ended") { store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.rate = RateLimit(count: 2, period: clock.long) })
            _ = try await store.enqueue(count: 2)
            try await store.attempt(.released)
            try await store.attempt(.done)
            #expect(try await store.claims().isEmpty)
        },
        StoreCase("a claim that waits for the rate gets its job when the time is over") { store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.rate = RateLimit(count: 1, period: .milliseconds(50)) })
            _ = try await store.enqueue(count: 3)
            var starts: [Timestamp] = []
            for _ in 0..<3 {
                let claims = try await store.claim(
                    ClaimRequest(queues: ["q"], limit: 5, worker: "w", lease: clock.long, wait: clock.wait))
                #expect(claims.count == 1)
                starts += claims.compactMap(\.job.startedAt)
            }
            for (one, next) in zip(starts, starts.dropFirst()) { #expect(next.since(one) >= .milliseconds(50)) }
        },
        StoreCase("a rate on all queues holds over all") { store, clock async throws in
            _ = try await store.setQueue(
                QueueSettings.all, .with { $0.rate = RateLimit(count: 3, period: clock.long) })
            _ = try await store.enqueue(count: 4)
            _ = try await store.enqueue(count: 4, queue: "other")
            #expect(try await store.claims(2).count == 2)
            #expect(try await store.claims(queues: ["other", "q"]).count == 1)
            #expect(try await store.claims(queues: ["other"]).isEmpty)
        },
        StoreCase("settings change one by one, are seen with the queue, and go when cleared") {
            store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.concurrency = 5 })
            let rate = RateLimit(count: 30, period: .seconds(60))
            let both = try await store.setQueue("q", .with { $0.rate = rate })
            #expect(both.concurrency == 5)
            #expect(both.rate == rate)
            var status = try #require(try await store.queues().first)
            #expect(status.name == "q")
            #expect(status.settings == both)
            let none = try await store.setQueue(
                "q",
                .with { change in
                    change.concurrency = .some(nil)
                    change.rate = .some(nil)
                })
            #expect(none.isEmpty)
            #expect(try await store.queues().isEmpty)
            let id = try await store.enqueue1()
            try await store.enqueue1(start: .after(clock.long))
            status = try #require(try await store.queues().first)
            #expect(status.counts == [.queued: 1, .scheduled: 1])
            #expect(try await status.oldest == store.record(id).insertedAt)
        },
        StoreCase("a limit that makes no sense is refused") { store, clock async throws in
            for change: QueueChange in [
                .with { $0.concurrency = 0 }, .with { $0.concurrency = .max }, .with { $0.quota = -1 },
                .with { $0.rate = RateLimit(count: 0, period: .seconds(1)) },
                .with { $0.rate = RateLimit(count: 1, period: .zero) },
                .with { $0.tenantRate = RateLimit(count: .max, period: .seconds(1)) },
                .with { $0.rate = RateLimit(count: 1, period: .seconds(Int64.max)) },
            ] {
                await clock.expect(.invalid) { _ = try await store.setQueue("q", change) }
            }
            await clock.expect(.invalid) { _ = try await store.setQueue("no name", .pause) }
            await clock.expect(.invalid) { _ = try await store.setQueue("", .pause) }
            #expect(try await store.queues().isEmpty)
        },
        StoreCase("of ten jobs one is from a lower band, so that none starves") { store, _ async throws in
            for priority in [1, 5, 9] { for _ in 0..<40 { try await store.enqueue1(priority: priority) } }
            var taken: [Int] = []
            for _ in 0..<40 { taken += try await store.claims(1).map(\.job.priority) }
            #expect(taken.filter { $0 == 1 }.count == 36)
            #expect(taken.filter { $0 == 5 }.count == 2)
            #expect(taken.filter { $0 == 9 }.count == 2)
            let many = try await store.claims(40).map(\.job.priority)
            #expect(many.count == 40)
            #expect(many.prefix(4) == [1, 1, 1, 1])
            #expect(many.contains(9))
        },
    ]

    static let tenants: [StoreCase] = [
        StoreCase("tenants take turns, however much one has queued") { store, _ async throws in
            try await store.enqueue(tenant: "big", count: 20)
            try await store.enqueue(tenant: "small", count: 2)
            try await store.enqueue(tenant: "tiny", count: 1)
            let taken = try await store.claims(6).map(\.job.tenant)
            #expect(taken.filter { $0 == "small" }.count == 2)
            #expect(taken.filter { $0 == "tiny" }.count == 1)
            var one: [String?] = []
            try await store.enqueue(tenant: "late", count: 2)
            for _ in 0..<4 { one += try await store.claims(1).map(\.job.tenant) }
            #expect(one.filter { $0 == "late" }.count == 2)
        },
        StoreCase("a tenant's jobs run in the order they came") { store, _ async throws in
            let ids = try await store.enqueue(tenant: "a", count: 5)
            #expect(try await store.claims().map(\.job.id) == ids)
        },
        StoreCase("jobs without a tenant and jobs with one share a band") { store, _ async throws in
            try await store.enqueue(tenant: "a", count: 10)
            _ = try await store.enqueue(count: 10)
            var taken: Set<String?> = []
            for _ in 0..<20 { for claim in try await store.claims(1) { taken.insert(claim.job.tenant) } }
            #expect(taken == ["a", nil])
            #expect(try await store.claims().isEmpty)
        },
        StoreCase("no tenant runs more at once than may; the others go on") { store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.tenantConcurrency = 2 })
            try await store.enqueue(tenant: "a", count: 5)
            try await store.enqueue(tenant: "b", count: 1)
            let claims = try await store.claims(10)
            #expect(claims.filter { $0.job.tenant == "a" }.count == 2)
            #expect(claims.count == 3)
            let mine = try #require(claims.first { $0.job.tenant == "a" })
            let next = try await clock.claimed(store) { _ = try await store.settle(mine.ticket, .done) }
            #expect(next.map(\.job.tenant) == ["a"])
            #expect(try await store.claims().isEmpty)
        },
        StoreCase("no tenant starts more in a time than may") { store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.tenantRate = RateLimit(count: 2, period: clock.long) })
            try await store.enqueue(tenant: "a", count: 5)
            try await store.enqueue(tenant: "b", count: 1)
            _ = try await store.enqueue(count: 1)
            #expect(try await store.claims(10).count == 4)
            #expect(try await store.claims(10).isEmpty)
        },
        StoreCase("a tenant's job that comes back stands in its tenant's lane") { store, clock async throws in
            let ids = try await store.enqueue(tenant: "a", count: 2)
            try await store.attempt(.released)
            #expect(try await store.claims(1).map(\.job.id) == [ids[1]])
            let again = try await store.claim1(lease: clock.short)
            #expect(again.job.id == ids[0])
            #expect(again.ticket.tenant == "a")
            _ = try await clock.reclaimed(store)
            #expect(try await store.claims().map(\.job.id) == [ids[0]])
        },
        StoreCase("many tenants are all served") { store, _ async throws in
            for tenant in 0..<300 { try await store.enqueue(tenant: "t\(tenant)", count: 1) }
            var seen: Set<String?> = []
            for _ in 0..<60 { for claim in try await store.claims(50) { seen.insert(claim.job.tenant) } }
            #expect(seen.count == 300)
        },
    ]
}
