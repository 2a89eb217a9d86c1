import RoostJobs
import Testing

extension StoreConformance {
    static let enqueueing: [StoreCase] = [
        StoreCase("a job just accepted is queued with everything it was given") { store, _ in
            let job = NewJob(
                type: "Type_1.x-y/z@h:2", queue: "Queue_1.x-y/z@h:2", payload: Array(#"{"a":1}"#.utf8), priority: 7,
                maxAttempts: 12, timeout: .microseconds(1_234_567), resultTTL: .microseconds(7_654_321),
                uniqueKey: "key:ü")
            #expect(try await store.enqueue([job]) == [.accepted(job.id)])
            let record = try await store.record(job.id)
            #expect(record == JobRecord(job, state: .queued, insertedAt: record.insertedAt, runAt: nil))
        },
        StoreCase("a job with the largest numbers allowed keeps them") { store, _ in
            let job = NewJob(
                type: String(repeating: "t", count: 100), queue: String(repeating: "q", count: 100), payload: [],
                priority: 10, maxAttempts: 1000, timeout: JobLimits.longest, resultTTL: JobLimits.longest,
                uniqueKey: String(repeating: "k", count: 200))
            _ = try await store.enqueue([job])
            let record = try await store.record(job.id)
            #expect(record == JobRecord(job, state: .queued, insertedAt: record.insertedAt, runAt: nil))
        },
        StoreCase("an empty enqueue does nothing") { store, _ async throws in
            #expect(try await store.enqueue([]).isEmpty)
            #expect(try await store.counts().total == 0)
        },
        StoreCase("results come in the order of the jobs") { store, _ in
            let first = try await store.enqueue1(key: "a")
            let jobs = ["b", "a", nil, "a", "c", "b"].map { NewJob(type: "t", queue: "q", payload: [], uniqueKey: $0) }
            #expect(
                try await store.enqueue(jobs) == [
                    .accepted(jobs[0].id), .existing(first), .accepted(jobs[2].id), .existing(first),
                    .accepted(jobs[4].id), .existing(jobs[0].id),
                ])
            #expect(try await store.counts()[.queued] == 4)
        },
        StoreCase("the same id again is the same job, as it was first given") { store, _ in
            let id = try await store.enqueue1(payload: [1])
            let again = NewJob(id: id, type: "other", queue: "other", payload: [2])
            #expect(try await store.enqueue([again]) == [.accepted(id)])
            #expect(try await store.record(id).payload == [1])
            #expect(try await store.counts().total == 1)
            #expect(try await store.counts().totals.enqueued == 1)
            #expect(try await store.claims(queues: ["q", "other"]).count == 1)
        },
        StoreCase("the same id twice in one call is one job") { store, _ async throws in
            let job = NewJob(type: "t", queue: "q", payload: [])
            #expect(try await store.enqueue([job, job]) == [.accepted(job.id), .accepted(job.id)])
            #expect(try await store.counts().total == 1)
            #expect(try await store.claims().count == 1)
        },
        StoreCase("the same id with the same unique key is accepted again, not refused") { store, _ async throws in
            let job = NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")
            #expect(try await store.enqueue([job]) == [.accepted(job.id)])
            #expect(try await store.enqueue([job, job]) == [.accepted(job.id), .accepted(job.id)])
            #expect(try await store.counts().total == 1)
        },
        StoreCase("the same id does not run a job again that ended or runs") { store, _ in
            for outcome in [.done, .failed(error: "x"), .cancelled(reason: "x")] as [Outcome] {
                let job = NewJob(type: "t", queue: "q", payload: [])
                _ = try await store.enqueue([job])
                let claim = try await store.claim1()
                #expect(try await store.enqueue([job]) == [.accepted(job.id)])
                _ = try await store.settle(claim.ticket, outcome)
                #expect(try await store.enqueue([job]) == [.accepted(job.id)])
                #expect(try await store.claims().isEmpty)
            }
            #expect(try await store.counts().total == 3)
        },
        StoreCase("payloads are kept byte for byte") { store, _ in
            let payloads: [[UInt8]] = [
                [], [0], Array("{}".utf8), Array(0...255), [0xFF, 0xFE, 0x80], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF],
                Array("a\nb\r\nc\n".utf8), Array(" \"quoted\" 'x' -- ; \\0 %s $1 ".utf8), [0, 0, 0], [10], [32], [45],
            ]
            let jobs = payloads.map { NewJob(type: "t", queue: "q", payload: $0) }
            _ = try await store.enqueue(jobs)
            for job in jobs { #expect(try await store.record(job.id).payload == job.payload) }
            #expect(try await store.claims().map(\.job.payload) == payloads)
            #expect(try await store.list(JobQuery()).jobs.map(\.payload) == payloads.reversed())
        },
        StoreCase("a payload may have a mebibyte") { store, _ in
            var random = SeededGenerator(seed: 1)
            let payload = (0..<JobLimits.payloadBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
            let id = try await store.enqueue1(payload: payload)
            #expect(try await store.record(id).payload == payload)
            #expect(try await store.claim1().job.payload == payload)
        },
        StoreCase("thousands of jobs go into one call, and come out in the order they went in") { store, _ in
            let ids = try await store.enqueue(count: 2500)
            #expect(try await store.counts()[.queued] == 2500)
            var claimed: [JobID] = []
            while claimed.count < 2500 {
                let claims = try await store.claims(300)
                try #require(!claims.isEmpty)
                claimed += claims.map(\.job.id)
            }
            // Not compared inside the expectation: it would print thousands of ids.
            let first = zip(claimed, ids).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            #expect(first == nil, "the first job out of order")
            #expect(try await store.list(JobQuery(limit: 200)).jobs.map(\.id) == ids.suffix(200).reversed())
        },
    ]

    static let instants: [StoreCase] = [
        StoreCase("no delay and a time that is over both mean now") { store, _ in
            for start in [.after(.zero), .at(Timestamp(microseconds: 0)), .at(Timestamp(milliseconds: 1000))]
                as [NewJob.Start]
            {
                let id = try await store.enqueue1(start: start)
                let record = try await store.record(id)
                #expect(record.state == .queued)
                #expect(record.runAt == nil)
            }
            #expect(try await store.claims().count == 3)
        },
        StoreCase("a job for later is scheduled, to start its delay after it was accepted") { store, _ in
            let id = try await store.enqueue1(start: .after(.seconds(60)))
            let record = try await store.record(id)
            #expect(record.state == .scheduled)
            #expect(record.runAt == record.insertedAt.advanced(by: .seconds(60)))
            #expect(try await store.claims().isEmpty)
        },
        StoreCase("a job for a moment is scheduled for that moment, to the microsecond") { store, _ in
            let moment = Timestamp(microseconds: 4_102_444_800_123_457)
            let id = try await store.enqueue1(start: .at(moment))
            #expect(try await store.record(id).runAt == moment)
        },
        StoreCase("the longest delay and the last moment there is are kept") { store, _ in
            let last = Timestamp(microseconds: .max)
            let end = try await store.enqueue1(start: .at(last))
            let far = try await store.enqueue1(start: .after(JobLimits.longest))
            #expect(try await store.record(end).runAt == last)
            let record = try await store.record(far)
            #expect(record.runAt == record.insertedAt.advanced(by: JobLimits.longest))
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
        },
    ]
}
