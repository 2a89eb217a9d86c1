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
            // Its record goes without a sweep, and later than that: so the store's clock is told.
            let marker = try await store.enqueue1(queue: "timer", ttl: clock.short)
            let claim = try #require(try await store.claims(1, queues: ["timer"]).first)
            #expect(try await store.settle(claim.ticket, .done) == .settled)
            try await clock.expired(store, marker)
            #expect(try await store.claims().map(\.job.id) == [other])
            let record = try await store.record(id)
            #expect(record.state == .cancelled)
            #expect(record.error == ErrorText.notStarted)
        },
        StoreCase("a job that started in time may be tried again after it") { store, clock async throws in
            // On a busy machine a short time may be over before the claim: then it gets a longer one.
            var span = clock.short
            var claims: [Claim] = []
            while claims.isEmpty, span < clock.patience {
                span *= 4
                try await store.enqueue1 { $0.startBy = .after(span) }
                claims = try await store.claims()
            }
            let claim = try #require(claims.first)
            try await store.enqueue1(queue: "timer", start: .after(span))
            try await clock.promoted(store)
            #expect(try await store.settle(claim.ticket, .retry(after: .zero, error: "x")) == .settled)
            #expect(try await store.claims().map(\.job.id) == [claim.job.id])
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
