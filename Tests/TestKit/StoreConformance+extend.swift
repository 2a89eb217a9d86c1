import RoostJobs
import Testing

extension StoreConformance {
    static let extending: [StoreCase] = [
        StoreCase("an extended lease outlives its first end") { store, clock in
            let kept = try await store.enqueue1()
            let lost = try await store.enqueue1()
            let first = try await store.claim1(lease: .milliseconds(300))
            #expect(try await store.lost([first.ticket], lease: clock.long).isEmpty)
            // This lease ends after the first one would have.
            _ = try await store.claim1(lease: .milliseconds(300))
            #expect(try await clock.reclaimed(store).requeued == [lost])
            #expect(try await store.record(kept) == first.job)
            #expect(try await store.settle(first.ticket, .done) == .settled)
        },
        StoreCase("a lease is extended from now, so it can be made shorter") { store, clock in
            let id = try await store.enqueue1()
            let claim = try await store.claim1(lease: clock.long)
            #expect(try await store.lost([claim.ticket], lease: clock.short).isEmpty)
            #expect(try await clock.reclaimed(store).requeued == [id])
        },
        StoreCase("a lease that ran out holds again when it is extended before anyone took it back") { store, clock in
            let late = try await store.enqueue1()
            let other = try await store.enqueue1()
            let claim = try await store.claim1(lease: .milliseconds(1))
            _ = try await store.claim1(lease: clock.short)
            try await clock.lull(store)
            #expect(try await store.lost([claim.ticket], lease: clock.long).isEmpty)
            #expect(try await clock.reclaimed(store).requeued == [other])
            #expect(try await store.record(late).state == .running)
        },
        StoreCase("tickets that no longer hold are named, and the others extended") { store, clock in
            _ = try await store.enqueue(count: 5)
            let claims = try await store.claims(5)
            _ = try await store.settle(claims[0].ticket, .done)
            _ = try await store.settle(claims[2].ticket, .released)
            _ = try await store.lost([claims[4].ticket], lease: clock.short)
            #expect(try await clock.reclaimed(store).requeued == [claims[4].job.id])
            let lost = try await store.lost(claims.map(\.ticket), lease: clock.long)
            #expect(Set(lost) == Set([claims[0], claims[2], claims[4]].map(\.ticket)))
            #expect(lost.count == 3)
        },
        StoreCase("an earlier attempt's ticket does not extend the next one's lease") { store, clock in
            let id = try await store.enqueue1()
            let old = try await store.attempt(.released)
            let new = try await store.claim1(lease: clock.short)
            #expect(try await store.lost([old], lease: clock.long) == [old])
            #expect(try await clock.reclaimed(store).requeued == [id])
            #expect(try await store.lost([old, new.ticket], lease: clock.long) == [old, new.ticket])
        },
        StoreCase("of two tickets for one job only the older is lost") { store, clock in
            try await store.enqueue1()
            let old = try await store.attempt(.released)
            let new = try await store.claim1().ticket
            #expect(try await store.lost([old, new], lease: clock.long) == [old])
            #expect(try await store.lost([new, old], lease: clock.long) == [old])
        },
        StoreCase("no tickets are no work") { store, clock async throws in
            #expect(try await store.lost([], lease: clock.long).isEmpty)
        },
        StoreCase("extending leaves record, counts and totals alone") { store, clock in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            let counts = try await store.counts()
            for _ in 0..<3 { #expect(try await store.lost([claim.ticket], lease: clock.long).isEmpty) }
            #expect(try await store.record(id) == claim.job)
            #expect(try await store.counts() == counts)
        },
        StoreCase("hundreds of leases are extended in one call") { store, clock in
            _ = try await store.enqueue(count: 700)
            var tickets: [Claim.Ticket] = []
            while tickets.count < 700 {
                let claims = try await store.claims(1000, lease: clock.long)
                try #require(!claims.isEmpty)
                tickets += claims.map(\.ticket)
            }
            #expect(try await store.lost(tickets, lease: clock.long).isEmpty)
            let forged = tickets.map { $0.with(token: $0.token + 1000) }
            #expect(try await store.lost(forged, lease: clock.long).count == 700)
        },
    ]
}
