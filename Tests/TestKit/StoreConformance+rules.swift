import RoostJobs
import Testing

extension StoreConformance {
    static let uniqueRules: [StoreCase] = [
        StoreCase("a period keeps others away for its time, whatever became of the job") { store, clock async throws in
            let first = job("k", period: clock.long)
            _ = try await store.enqueue([first])
            try await store.attempt(.done)
            #expect(try await store.enqueue([job("k", period: clock.long)]) == [.existing(first.id)])
        },
        StoreCase("a period outlives the record of a job that was done") { store, clock async throws in
            var first = job("k", period: clock.long)
            first.resultTTL = .zero
            _ = try await store.enqueue([first])
            try await store.attempt(.done)
            try await clock.expired(store, first.id)
            _ = try await store.prune(limit: 10)
            #expect(try await store.enqueue([job("k", period: clock.long)]) == [.existing(first.id)])
        },
        StoreCase("a period that is over lets others in though the job still waits") { store, clock async throws in
            _ = try await store.enqueue([job("k", period: clock.short)])
            let second = job("k", period: clock.long)
            try await eventually("the period is over") {
                try await store.enqueue([second]) == [.accepted(second.id)]
            }
            #expect(try await store.claims().count == 2)
        },
        StoreCase("a job that failed or was cancelled keeps nobody away, in its period neither") {
            store, clock async throws in
            _ = try await store.enqueue([job("k", period: clock.long)])
            try await store.attempt(.failed(error: "x"))
            let second = job("k", period: clock.long)
            #expect(try await store.enqueue([second]) == [.accepted(second.id)])
            _ = try await store.cancel(second.id, reason: "x")
            let third = job("k", period: clock.long)
            #expect(try await store.enqueue([third]) == [.accepted(third.id)])
        },
        StoreCase("replace cancels the one that waits and takes its place") { store, clock async throws in
            let first = job("k", .replace, start: .after(clock.long))
            let second = job("k", .replace)
            let third = job("k", .replace)
            #expect(try await store.enqueue([first]) == [.accepted(first.id)])
            #expect(try await store.enqueue([second]) == [.accepted(second.id)])
            #expect(try await store.enqueue([third]) == [.accepted(third.id)])
            #expect(try await store.record(first.id).state == .cancelled)
            #expect(try await store.record(second.id).error == "replaced by \(third.id)")
            #expect(try await store.claims().map(\.job.id) == [third.id])
            #expect(try await store.job(uniqueKey: "k")?.id == third.id)
        },
        StoreCase("replace leaves one that runs or is done alone") { store, _ async throws in
            let first = job("k", .replace)
            _ = try await store.enqueue([first])
            let claim = try await store.claim1()
            #expect(try await store.enqueue([job("k", .replace)]) == [.existing(first.id)])
            _ = try await store.settle(claim.ticket, .done)
            #expect(try await store.enqueue([job("k", .replace)]) == [.existing(first.id)])
        },
        StoreCase("extend puts a waiting job off to the new time") { store, clock async throws in
            let first = job("k", .extend, start: .after(clock.short))
            _ = try await store.enqueue([first])
            #expect(try await store.enqueue([job("k", .extend, start: .after(clock.long))]) == [.existing(first.id)])
            let other = try await store.enqueue1(start: .after(.milliseconds(60)))
            try await clock.promoted(store)
            #expect(try await store.claims().map(\.job.id) == [other])
            let record = try await store.record(first.id)
            #expect(record.state == .scheduled)
            #expect(try #require(record.runAt) >= record.insertedAt.advanced(by: clock.long))
        },
        StoreCase("extend brings a waiting job forward too, and leaves one that is queued alone") {
            store, clock async throws in
            let first = job("k", .extend, start: .after(clock.long))
            _ = try await store.enqueue([first])
            #expect(try await store.enqueue([job("k", .extend, start: .after(clock.short))]) == [.existing(first.id)])
            try await clock.promoted(store)
            #expect(try await store.enqueue([job("k", .extend, start: .after(clock.long))]) == [.existing(first.id)])
            #expect(try await store.claims().map(\.job.id) == [first.id])
        },
        StoreCase("one request, told again with its key, is one job") { store, _ async throws in
            let first = request("r", "d1")
            let again = request("r", "d1")
            #expect(try await store.enqueue([first]) == [.accepted(first.id)])
            #expect(try await store.enqueue([again]) == [.repeated(first.id)])
            try await store.attempt(.failed(error: "x"))
            #expect(try await store.enqueue([again]) == [.repeated(first.id)])
            #expect(try await store.job(again.id) == nil)
            #expect(try await store.counts().total == 1)
        },
        StoreCase("a request's key with another request is a mistake and makes no job") { store, _ async throws in
            let first = request("r", "d1")
            _ = try await store.enqueue([first])
            let other = request("r", "d2")
            #expect(try await store.enqueue([other]) == [.mismatched(first.id)])
            #expect(try await store.job(other.id) == nil)
            #expect(try await store.counts().total == 1)
        },
        StoreCase("a request's key is remembered after its job was deleted, and within one call") {
            store, _ async throws in
            let first = request("r", "d")
            let second = request("r", "d")
            let third = request("r", "e")
            #expect(
                try await store.enqueue([first, second, third])
                    == [.accepted(first.id), .repeated(first.id), .mismatched(first.id)])
            _ = try await store.delete(first.id)
            #expect(try await store.enqueue([second]) == [.repeated(first.id)])
        },
        StoreCase("request keys and unique keys are different things") { store, _ async throws in
            var first = request("same", "d")
            first.uniqueKey = "same"
            let second = NewJob(type: "t", queue: "q", payload: [], uniqueKey: "same")
            let third = request("other", "d")
            #expect(
                try await store.enqueue([first, second, third])
                    == [.accepted(first.id), .existing(first.id), .accepted(third.id)])
        },
        StoreCase("a full queue refuses, others do not, and room comes back") { store, clock async throws in
            _ = try await store.setQueue("q", .with { $0.quota = 2 })
            try await store.enqueue1()
            let waiting = try await store.enqueue1(start: .after(clock.long))
            let extra = NewJob(type: "t", queue: "q", payload: [])
            #expect(try await store.enqueue([extra]) == [.full(queue: "q")])
            try await store.enqueue1(queue: "other")
            #expect(try await store.job(extra.id) == nil)
            _ = try await store.claim1()
            #expect(try await store.enqueue([extra]) == [.accepted(extra.id)])
            // What is there already is no second job.
            #expect(try await store.enqueue([extra]) == [.accepted(extra.id)])
            _ = try await store.cancel(waiting, reason: "x")
            try await store.enqueue1()
        },
        StoreCase("one that is to be replaced stays when its successor finds no room") { store, _ async throws in
            let first = job("k", .replace)
            _ = try await store.enqueue([first])
            try await store.enqueue1(queue: "small")
            _ = try await store.setQueue("small", .with { $0.quota = 1 })
            var second = job("k", .replace)
            second.queue = "small"
            #expect(try await store.enqueue([second]) == [.full(queue: "small")])
            #expect(try await store.record(first.id).state == .queued)
            _ = try await store.setQueue("q", .with { $0.quota = 1 })
            let third = job("k", .replace)
            #expect(try await store.enqueue([third]) == [.accepted(third.id)])
            #expect(try await store.record(first.id).state == .cancelled)
        },
        StoreCase("jobs of one call fill a queue like jobs of many") { store, _ async throws in
            _ = try await store.setQueue("q", .with { $0.quota = 3 })
            let jobs = (0..<5).map { _ in NewJob(type: "t", queue: "q", payload: []) }
            #expect(
                try await store.enqueue(jobs)
                    == jobs[..<3].map { .accepted($0.id) } + [.full(queue: "q"), .full(queue: "q")])
            _ = try await store.setQueue("q", .with { $0.quota = .some(nil) })
            #expect(try await store.enqueue(Array(jobs[3...])) == jobs[3...].map { .accepted($0.id) })
        },
        StoreCase("rare fields come back as they were sent") { store, clock async throws in
            let job = rare(clock)
            #expect(try await store.enqueue([job]) == [.accepted(job.id)])
            for record in [try await store.record(job.id), try await store.claim1().job] {
                #expect(record.retry == job.retry)
                #expect(record.startBy == record.insertedAt.advanced(by: clock.long))
                #expect(record.deadline == Timestamp(microseconds: 7_000_000_000_000_000))
                #expect(record.tenant == "acme")
                #expect(record.tags == ["red", "a/b"])
                #expect(record.trace == job.trace)
                #expect(!record.hasParents)
                #expect(record.parentRule == .ended)
                #expect(record.payload == job.payload)
                #expect(record.uniqueKey == "k")
            }
        },
    ]

    private static func rare(_ clock: StoreClock) -> NewJob {
        var job = NewJob(type: "t", queue: "q", payload: Array("[1]".utf8), priority: 3, uniqueKey: "k")
        job.retry = RetryPolicy(.list([.seconds(1), .milliseconds(2500)]), jitter: 0.25)
        job.startBy = .after(clock.long)
        job.deadline = .at(Timestamp(microseconds: 7_000_000_000_000_000))
        job.tenant = "acme"
        job.tags = ["red", "a/b"]
        job.trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        job.parentRule = .ended
        return job
    }

    private static func job(
        _ key: String, _ conflict: UniqueRule.Conflict = .reject, period: Duration? = nil, start: NewJob.Start = .now
    ) -> NewJob {
        var job = NewJob(type: "t", queue: "q", payload: [], start: start)
        job.unique = UniqueRule(key: key, period: period, conflict: conflict)
        return job
    }

    private static func request(_ key: String, _ digest: String) -> NewJob {
        var job = NewJob(type: "t", queue: "q", payload: [])
        job.idempotency = IdempotencyKey(key: key, digest: digest)
        return job
    }
}
