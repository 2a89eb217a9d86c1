import RoostJobs
import Testing

extension StoreConformance {
    static let health: [StoreCase] = [
        StoreCase("a store that works says what it is and how durable") { store, _ async throws in
            let health = await store.health()
            #expect(health.isReachable)
            #expect(!health.description.isEmpty)
            #expect(!health.durability.isEmpty)
        },
        StoreCase("a store's own work ends when it is cancelled") { store, clock in
            let start = ContinuousClock.now
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await store.run() }
                try? await clock.lull(store)
                group.cancelAll()
            }
            #expect(ContinuousClock.now - start < clock.patience)
            try await store.enqueue1()
        },
        StoreCase("a closed store refuses every call") { store, clock in
            let ticket = Claim.Ticket(id: try await store.enqueue1(), token: 1, queue: "q", type: "t", priority: 5)
            await store.close()
            await clock.expect(.closed) { _ = try await store.enqueue([NewJob(type: "t", queue: "q", payload: [])]) }
            await clock.expect(.closed) { _ = try await store.claims() }
            await clock.expect(.closed) { _ = try await store.extend([ticket], lease: clock.long) }
            await clock.expect(.closed) { _ = try await store.settle(ticket, .done) }
            await clock.expect(.closed) { _ = try await store.promoteDue(limit: 1, wait: .zero) }
            await clock.expect(.closed) { _ = try await store.reclaim(limit: 1, maxCrashes: 3) }
            await clock.expect(.closed) { _ = try await store.prune(limit: 1, retention: Retention()) }
            await clock.expect(.closed) { _ = try await store.job(ticket.id) }
            await clock.expect(.closed) { _ = try await store.list(JobQuery()) }
            await clock.expect(.closed) { _ = try await store.counts() }
            #expect(await !store.health().isReachable)
            await store.close()
        },
        StoreCase("closing a store ends the calls that wait on it") { store, clock in
            let start = ContinuousClock.now
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Empty or refused, as it comes.
                    let claims = try? await store.claim(
                        ClaimRequest(queues: ["q"], limit: 1, worker: "w", lease: clock.long, wait: clock.wait))
                    #expect(claims ?? [] == [])
                }
                try? await clock.lull(store)
                await store.close()
            }
            #expect(ContinuousClock.now - start < clock.patience)
        },
    ]
}
