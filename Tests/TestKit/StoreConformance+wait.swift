import RoostJobs
import Testing

extension StoreConformance {
    static let waiting: [StoreCase] = [
        StoreCase("a claim on an empty queue returns empty when its wait is over") { store, clock in
            let start = ContinuousClock.now
            let claims = try await store.claim(
                ClaimRequest(queues: ["q"], limit: 1, worker: "w", lease: clock.long, wait: clock.short))
            #expect(claims.isEmpty)
            #expect(ContinuousClock.now - start >= clock.short)
        },
        StoreCase("a claim that finds a job does not wait") { store, clock in
            let id = try await store.enqueue1()
            let start = ContinuousClock.now
            let claims = try await store.claim(
                ClaimRequest(queues: ["q"], limit: 10, worker: "w", lease: clock.long, wait: clock.wait))
            #expect(claims.map(\.job.id) == [id])
            #expect(ContinuousClock.now - start < clock.patience)
        },
        StoreCase("a claim's receipt has the tickets of what was handed out, before and after a wait") { store, clock in
            var request = ClaimRequest(queues: ["q"], limit: 10, worker: "w", lease: clock.long, wait: clock.wait)
            let (early, late) = (ClaimReceipt(), ClaimReceipt())
            for _ in 0..<3 { try await store.enqueue1() }
            request.receipt = early
            let found = try await store.claim(request)
            #expect(found.count == 3 && Set(early.tickets) == Set(found.map(\.ticket)))
            request.receipt = late
            #expect(late.tickets.isEmpty)
            async let waited = store.claim(request)
            let id = try await store.enqueue1()
            let claims = try await waited
            #expect(claims.map(\.job.id) == [id] && late.tickets == claims.map(\.ticket))
            #expect(try await store.extend(late.tickets, lease: clock.long).lost.isEmpty)
        },
        StoreCase("a waiting claim is woken by an enqueue") { store, clock in
            let claims = try await clock.claimed(store) { try await store.enqueue1() }
            #expect(claims.count == 1)
        },
        StoreCase("a waiting claim is woken by a job that comes due") { store, clock in
            let id = try await store.enqueue1(start: .after(clock.short))
            let claims = try await clock.claimed(store) { try await clock.promoted(store) }
            #expect(claims.map(\.job.id) == [id])
        },
        StoreCase("a waiting claim is woken by a release") { store, clock in
            try await store.enqueue1()
            let first = try await store.claim1()
            let claims = try await clock.claimed(store) { _ = try await store.settle(first.ticket, .released) }
            #expect(claims.map(\.job.attempt) == [1])
        },
        StoreCase("a waiting claim is woken by a retry without delay") { store, clock in
            try await store.enqueue1()
            let first = try await store.claim1()
            let claims = try await clock.claimed(store) {
                _ = try await store.settle(first.ticket, .retry(after: .zero, error: "x"))
            }
            #expect(claims.map(\.job.attempt) == [2])
        },
        StoreCase("a waiting claim is woken by a lease taken back") { store, clock in
            let id = try await store.enqueue1()
            _ = try await store.claim1(lease: clock.short)
            let claims = try await clock.claimed(store) { _ = try await clock.reclaimed(store) }
            #expect(claims.map(\.job.id) == [id])
        },
        StoreCase("a claim waiting for one type lets the others pass") { store, clock in
            let claims = try await clock.claimed(store, types: ["b"]) {
                try await store.enqueue1(type: "a")
                try await clock.lull(store)
                try await store.enqueue1(type: "b")
            }
            #expect(claims.map(\.job.type) == ["b"])
            #expect(try await store.counts()[.queued] == 1)
        },
        StoreCase("several waiting claims all get their job") { store, clock in
            let start = ContinuousClock.now
            let ids = try await withThrowingTaskGroup(of: [Claim].self) { group in
                for worker in 0..<5 {
                    group.addTask {
                        try await store.claim(
                            ClaimRequest(
                                queues: ["q"], limit: 1, worker: "w\(worker)", lease: clock.long, wait: clock.wait))
                    }
                }
                try await clock.lull(store)
                for _ in 0..<5 { try await store.enqueue1() }
                return try await group.reduce(into: []) { $0 += $1.map(\.job.id) }
            }
            #expect(Set(ids).count == 5)
            #expect(ContinuousClock.now - start < clock.patience)
        },
        StoreCase("a cancelled task's claim and promotion stop waiting") { store, clock in
            let start = ContinuousClock.now
            let claims = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    do {
                        return try await store.claim(
                            ClaimRequest(queues: ["q"], limit: 1, worker: "w", lease: clock.long, wait: clock.wait)
                        ).count
                    } catch let error as StoreError where error.code == .closed {
                        return 0
                    }
                }
                group.addTask {
                    do {
                        return try await store.promoteDue(limit: 1, wait: clock.wait)
                    } catch let error as StoreError where error.code == .closed {
                        return 0
                    }
                }
                try await clock.lull(store)
                group.cancelAll()
                return try await group.reduce(0, +)
            }
            #expect(claims == 0)
            #expect(ContinuousClock.now - start < clock.patience)
        },
        StoreCase("a job enqueued after a waiting claim was cancelled stays queued") { store, clock in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await store.claim(
                        ClaimRequest(queues: ["q"], limit: 1, worker: "gone", lease: clock.long, wait: clock.wait))
                }
                try? await clock.lull(store)
                group.cancelAll()
            }
            let id = try await store.enqueue1()
            #expect(try await store.record(id).state == .queued)
            #expect(try await store.claim1().job.id == id)
        },
    ]
}
