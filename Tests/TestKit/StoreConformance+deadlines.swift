import RoostJobs
import Testing

extension StoreConformance {
    static let deadlines: [StoreCase] = [
        StoreCase("a job that does not start in time is cancelled and never starts") { store, clock async throws in
            let id = try await store.enqueue1 { $0.startBy = .after(clock.short) }
            try await clock.promoted(store)
            let record = try await store.record(id)
            #expect(record.state == .cancelled)
            #expect(record.error == ErrorText.notStarted)
            #expect(try await store.claims().isEmpty)
            #expect(try await store.counts()[.cancelled] == 1)
        },
        StoreCase("a claim that comes too late does not start it, though nobody swept") { store, clock async throws in
            let id = try await store.enqueue1 { $0.startBy = .after(clock.short) }
            let other = try await store.enqueue1()
            _ = try await store.setQueue("q", .pause)
            try await store.enqueue1(queue: "timer", start: .after(clock.short))
            _ = try await eventually("the time is over") {
                _ = try await store.setQueue("q", .resume)
                let claims = try await store.claims()
                _ = try await store.setQueue("q", .pause)
                if claims.contains(where: { $0.job.id == id }) {
                    // Started in time on a fast day: nothing to see.
                    return true
                }
                return try await store.record(id).state == .cancelled
            }
            #expect(try await [.queued, .running].contains(store.record(other).state))
        },
        StoreCase("a job that started in time may be tried again after it") { store, clock async throws in
            let id = try await store.enqueue1 { $0.startBy = .after(clock.short) }
            let claims = try await store.claims()
            guard !claims.isEmpty else { return }
            try await store.enqueue1(queue: "timer", start: .after(.milliseconds(60)))
            try await clock.promoted(store)
            _ = try await store.settle(claims[0].ticket, .retry(after: .zero, error: "x"))
            #expect(try await store.claims().map(\.job.id) == [id])
        },
        StoreCase("a job that has not ended by its deadline fails, queued or scheduled") { store, clock async throws in
            let queued = try await store.enqueue1 { $0.deadline = .after(clock.short) }
            let scheduled = try await store.enqueue1(start: .after(clock.long)) { $0.deadline = .after(clock.short) }
            try await clock.promoted(store, count: 2)
            for id in [queued, scheduled] {
                let record = try await store.record(id)
                #expect(record.state == .failed)
                #expect(record.error == ErrorText.deadline)
                #expect(record.runAt == nil)
            }
            #expect(try await store.claims().isEmpty)
            #expect(try await store.counts().totals.failed == 2)
        },
        StoreCase("a running job is left to its worker; a retry past the deadline fails for good") {
            store, clock async throws in
            let id = try await store.enqueue1 { $0.deadline = .after(.seconds(300)) }
            let claim = try await store.claim1()
            #expect(try await store.settle(claim.ticket, .retry(after: .seconds(400), error: "late")) == .settled)
            let record = try await store.record(id)
            #expect(record.state == .failed)
            #expect(record.error == "late")
            let other = try await store.enqueue1 { $0.deadline = .after(.seconds(300)) }
            try await store.attempt(.retry(after: .seconds(10), error: "early"))
            #expect(try await store.record(other).state == .scheduled)
            let third = try await store.enqueue1 { $0.deadline = .after(.seconds(300)) }
            try await store.attempt(.snoozed(.seconds(400)))
            #expect(try await store.record(third).error == ErrorText.deadline)
        },
        StoreCase("a replay is not held to the old times") { store, clock async throws in
            let id = try await store.enqueue1 { job in
                job.startBy = .after(clock.short)
                job.deadline = .after(clock.long)
            }
            try await clock.promoted(store)
            #expect(try await store.replay(id) == .queued)
            let claim = try await store.claim1()
            #expect(claim.job.id == id)
            #expect(claim.job.startBy == nil)
            #expect(claim.job.deadline == nil)
        },
    ]
}
