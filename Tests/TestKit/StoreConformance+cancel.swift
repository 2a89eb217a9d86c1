import RoostJobs
import Testing

extension StoreConformance {
    static let cancelling: [StoreCase] = [
        StoreCase("a queued job that is cancelled ends at once and never starts") { store, _ async throws in
            let id = try await store.enqueue1()
            #expect(try await store.cancel(id, reason: "not wanted") == .cancelled)
            #expect(try await store.claims().isEmpty)
            let record = try await store.record(id)
            #expect(record.state == .cancelled)
            #expect(record.error == "not wanted")
            #expect(record.finishedAt != nil)
            #expect(record.expiresAt == record.finishedAt?.advanced(by: record.resultTTL))
            #expect(try await store.counts().queues["q"]?[.cancelled] == 1)
            #expect(try await store.counts()[.queued] == 0)
        },
        StoreCase("a scheduled job that is cancelled is never promoted") { store, clock async throws in
            let id = try await store.enqueue1(start: .after(clock.short))
            let other = try await store.enqueue1(start: .after(clock.short))
            #expect(try await store.cancel(id, reason: "x") == .cancelled)
            try await clock.promoted(store)
            #expect(try await store.claims().map(\.job.id) == [other])
            let record = try await store.record(id)
            #expect(record.state == .cancelled)
            #expect(record.runAt == nil)
        },
        StoreCase("a cancel told twice is one cancel; an ended or unknown job is not cancelled") {
            store, _ async throws in
            let id = try await store.enqueue1()
            _ = try await store.cancel(id, reason: "first")
            #expect(try await store.cancel(id, reason: "second") == .ended(.cancelled))
            #expect(try await store.record(id).error == "first")
            let done = try await store.enqueue1()
            try await store.attempt(.done)
            #expect(try await store.cancel(done, reason: "x") == .ended(.done))
            #expect(try await store.record(done).state == .done)
            #expect(try await store.cancel(JobIDGenerator.shared.next(), reason: "x") == .unknown)
        },
        StoreCase("a running job goes on until its worker hears of the cancel") { store, clock async throws in
            let id = try await store.enqueue1()
            let claim = try await store.claim1(worker: "somebody")
            #expect(try await store.cancel(id, reason: "stop") == .requested(worker: "somebody"))
            #expect(try await store.cancel(id, reason: "again") == .requested(worker: "somebody"))
            #expect(try await store.record(id).state == .running)
            #expect(try await store.notes(id)?.cancelReason == "stop")
            #expect(try await store.extend([claim.ticket], lease: clock.long) == Extended(cancelled: [claim.ticket]))
            #expect(try await store.settle(claim.ticket, .cancelled(reason: "by the handler")) == .settled)
            let record = try await store.record(id)
            #expect(record.state == .cancelled)
            #expect(record.error == "stop")
            #expect(try await store.notes(id)?.cancelReason == nil)
        },
        StoreCase("a cancel of a running job is told to whoever listens") { store, clock async throws in
            let id = try await store.enqueue1()
            _ = try await store.claim1()
            let heard = store.cancellations()
            try await clock.lull(store)
            // The first may be told before the reader is there; extend repeats it, and so does this.
            var reader = heard.makeAsyncIterator()
            _ = try await store.cancel(id, reason: "stop")
            #expect(await reader.next() == id)
        },
        StoreCase(
            "a cancelled job that would run again ends cancelled instead",
            arguments: [
                .retry(after: .zero, error: "e"), .retry(after: .seconds(600), error: "e"), .released, .snoozed(.zero),
                .snoozed(.seconds(600)),
            ]
        ) { store, _, outcome async throws in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            _ = try await store.cancel(id, reason: "stop")
            #expect(try await store.settle(claim.ticket, outcome) == .settled)
            #expect(try await store.record(id).state == .cancelled)
            #expect(try await store.record(id).error == "stop")
            #expect(try await store.claims().isEmpty)
            #expect(try await store.settle(claim.ticket, outcome) == .settled)
            #expect(try await store.counts().totals.retried == 0)
        },
        StoreCase("a job that finishes before it hears of its cancel is done, or failed") { store, _ async throws in
            for (outcome, state) in [(Outcome.done, JobState.done), (.failed(error: "f"), .failed)] {
                let id = try await store.enqueue1()
                let claim = try await store.claim1()
                _ = try await store.cancel(id, reason: "stop")
                _ = try await store.settle(claim.ticket, outcome)
                #expect(try await store.record(id).state == state)
                #expect(try await store.notes(id)?.cancelReason == nil)
            }
        },
        StoreCase("a cancelled job whose worker is lost ends cancelled, not queued") { store, clock async throws in
            let id = try await store.enqueue1()
            _ = try await store.claim1(lease: clock.short)
            _ = try await store.cancel(id, reason: "stop")
            #expect(try await clock.reclaimed(store) == Reclaimed(cancelled: [id]))
            #expect(try await store.record(id).state == .cancelled)
            #expect(try await store.record(id).error == "stop")
            #expect(try await store.counts().totals.reclaimed == 1)
        },
        StoreCase("a wish to cancel belongs to one life of the job: its replay runs") { store, _ async throws in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            _ = try await store.cancel(id, reason: "stop")
            _ = try await store.settle(claim.ticket, .released)
            #expect(try await store.replay(id) == .queued)
            let again = try await store.claim1()
            #expect(try await store.extend([again.ticket], lease: .seconds(600)) == Extended())
            _ = try await store.settle(again.ticket, .done)
            #expect(try await store.record(id).state == .done)
        },
        StoreCase("a cancelled job gives its unique key back") { store, _ async throws in
            let id = try await store.enqueue1(key: "k")
            _ = try await store.cancel(id, reason: "x")
            try await store.enqueue1(key: "k")
        },
    ]
}

extension StoreCase {
    /// One case for each argument.
    init(
        _ name: String, arguments: [Outcome],
        _ body: @escaping @Sendable (any JobStore, StoreClock, Outcome) async throws -> Void
    ) {
        self.init(name) { store, clock async throws in
            for outcome in arguments { try await body(store, clock, outcome) }
        }
    }
}
