import RoostJobs
import Testing

extension StoreConformance {
    private static let outcomes: [Outcome] = [
        .done, .retry(after: .seconds(600), error: "e"), .retry(after: .zero, error: "e"), .failed(error: "e"),
        .released, .snoozed(.seconds(600)), .snoozed(.zero), .cancelled(reason: "e"),
    ]

    static let fencing: [StoreCase] = [
        StoreCase("settling again with the same ticket says settled and changes nothing") { store, _ in
            for (number, outcome) in outcomes.enumerated() {
                let queue = "q\(number)"
                let id = try await store.enqueue1(queue: queue)
                let claim = try #require(try await store.claims(queues: [queue]).first)
                #expect(try await store.settle(claim.ticket, outcome) == .settled)
                let record = try await store.record(id)
                let counts = try await store.counts()
                for _ in 0..<3 { #expect(try await store.settle(claim.ticket, outcome) == .settled, "\(outcome)") }
                #expect(try await store.record(id) == record)
                #expect(try await store.counts() == counts)
            }
        },
        StoreCase("the first outcome of an attempt stands") { store, _ in
            for (number, outcome) in outcomes.enumerated() {
                let queue = "q\(number)"
                let id = try await store.enqueue1(queue: queue)
                let claim = try #require(try await store.claims(queues: [queue]).first)
                _ = try await store.settle(claim.ticket, outcome)
                let record = try await store.record(id)
                for other in outcomes { _ = try await store.settle(claim.ticket, other) }
                #expect(try await store.record(id) == record, "\(outcome)")
            }
        },
        StoreCase("a worker whose lease was taken back cannot settle") { store, clock in
            let id = try await store.enqueue1()
            let claim = try await store.claim1(lease: clock.short)
            _ = try await clock.reclaimed(store)
            let record = try await store.record(id)
            let counts = try await store.counts()
            for outcome in outcomes { #expect(try await store.settle(claim.ticket, outcome) == .leaseLost) }
            #expect(try await store.record(id) == record)
            #expect(try await store.counts() == counts)
        },
        StoreCase("a worker whose job runs elsewhere cannot settle, and the other can") { store, clock in
            let id = try await store.enqueue1()
            let old = try await store.claim1(worker: "old", lease: clock.short)
            _ = try await clock.reclaimed(store)
            let new = try await store.claim1(worker: "new")
            for outcome in outcomes { #expect(try await store.settle(old.ticket, outcome) == .leaseLost) }
            #expect(try await store.record(id) == new.job)
            #expect(try await store.settle(new.ticket, .succeeded(result: [1])) == .settled)
            #expect(try await store.settle(old.ticket, .succeeded(result: [2])) == .leaseLost)
            let record = try await store.record(id)
            #expect(record.worker == "new")
            #expect(record.result == [1])
        },
        StoreCase("a worker that comes back under its own name is fenced too") { store, clock in
            try await store.enqueue1()
            let old = try await store.claim1(worker: "same", lease: clock.short)
            _ = try await clock.reclaimed(store)
            let new = try await store.claim1(worker: "same")
            #expect(try await store.settle(old.ticket, .done) == .leaseLost)
            #expect(try await store.settle(new.ticket, .done) == .settled)
        },
        StoreCase("a job that died with its workers cannot be settled any more") { store, clock in
            let id = try await store.enqueue1()
            let claim = try await store.claim1(lease: clock.short)
            _ = try await clock.reclaimed(store, maxCrashes: 1)
            #expect(try await store.settle(claim.ticket, .done) == .leaseLost)
            #expect(try await store.record(id).state == .failed)
        },
        StoreCase("after a release only the next attempt's ticket settles") { store, _ in
            let id = try await store.enqueue1()
            let first = try await store.attempt(.released)
            let second = try await store.claim1()
            #expect(try await store.settle(first, .done) == .leaseLost)
            #expect(try await store.record(id) == second.job)
            #expect(try await store.settle(second.ticket, .failed(error: "x")) == .settled)
        },
        StoreCase("settling a job that was pruned says the lease is lost") { store, clock in
            let id = try await store.enqueue1(ttl: .zero)
            let ticket = try await store.attempt(.done)
            try await clock.expired(store, id)
            #expect(try await store.prune(limit: 10) == 1)
            #expect(try await store.settle(ticket, .done) == .leaseLost)
            #expect(try await store.counts().total == 0)
        },
    ]
}
