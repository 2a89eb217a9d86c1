import RoostJobs
import RoostSupervision
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("a node without its store", .timeLimit(.minutes(2)))
struct OutageTests {
    @Test("an outcome is kept while the store is away and settled when it is back")
    func keepsOutcome() async throws {
        let store = FaultyStore()
        let (started, gate, runs) = (Gate(), Gate(), Counter())
        let handlers = try handlers { _, _ in
            runs.up()
            started.open()
            await gate.pass()
            return Array("42".utf8)
        }
        try await withNode(store, handlers: handlers) { node in
            let id = try await store.submit()
            await started.pass()
            store.failAll(.unavailable)
            gate.open()
            try await eventually("settling was tried") { store.count(.settle) >= 3 }
            #expect(try await store.record(id).state == .running)
            #expect(node.pools.pending.unsettled == 1)
            store.failAll(nil)
            let job = try await store.ended(id)
            #expect(job.resultText == "42")
            #expect(node.status.duties.allSatisfy { $0.restarts == 0 })
        }
        #expect(runs.value == 1)
    }

    @Test("outcomes wait for the store in their slots, and as many beside what runs: nothing piles up")
    func boundedMemory() async throws {
        let store = FaultyStore()
        let runs = Counter()
        let handlers = try handlers { _, _ in
            runs.up()
            return null
        }
        store.fail(.settle, .unknown)
        for _ in 0..<10 { _ = try await store.submit() }
        try await withNode(store, quick(concurrency: 3), handlers: handlers) { node in
            try await eventually("all room for outcomes is taken") { node.pools.pending.unsettled == 6 }
            let tried = store.count(.settle)
            try await eventually("settling was tried again") { store.count(.settle) >= tried + 9 }
            #expect(node.status.busy == 3)
            #expect(runs.value == 6)
            store.fail(.settle, nil)
            try await eventually("all are done") { try await store.counts()[.done] == 10 }
        }
    }

    @Test("claiming goes on after an outage, without a restart of the duty")
    func claimsAgain() async throws {
        let store = FaultyStore()
        store.fail(.claim, .unavailable)
        let handlers = try handlers { _, _ in null }
        try await withNode(store, handlers: handlers) { node in
            let id = try await store.submit()
            try await eventually("claiming was tried") { store.count(.claim) >= 3 }
            store.fail(.claim, nil)
            #expect(try await store.ended(id).state == .done)
            #expect(node.status.duties.allSatisfy { $0.restarts == 0 })
        }
    }

    @Test("an outcome the store does not take becomes a failure that says so")
    func refusedOutcome() async throws {
        let store = RefusingStore()
        let handlers = try handlers { _, _ in null }
        try await withNode(store, handlers: handlers) { _ in
            let job = try await store.ended(store.submit())
            #expect(job.state == .failed)
            #expect(job.error == "the store refused the outcome: not that")
        }
    }

    @Test("after an outage nothing is reclaimed until the owners had a lease to come back")
    func graceAfterOutage() async throws {
        let store = FaultyStore()
        let handlers = try handlers("other") { _, _ in null }
        let configuration = quick(lease: .seconds(3600), sweep: .milliseconds(10))
        let id = try await store.submit()
        store.fail(.reclaim, .unavailable)
        try await withNode(store, configuration, handlers: handlers) { _ in
            try await eventually("the outage is noticed") { store.count(.reclaim) >= 1 }
            let claims = try await store.base.claims(1, queues: ["default"], lease: .milliseconds(1))
            #expect(claims.map(\.job.id) == [id])
            store.fail(.reclaim, nil)
            let sweeps = store.count(.reclaim)
            // Many sweeps' worth of another duty.
            let prunes = store.count(.prune)
            try await eventually("time goes by") { store.count(.prune) > prunes + 20 }
            #expect(store.count(.reclaim) == sweeps)
            #expect(try await store.record(id).state == .running)
        }
    }
}

/// Takes no result, only failures.
private final class RefusingStore: StoreForwarding {
    let base = MemoryStore()

    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement {
        if case .succeeded = outcome { throw StoreError(.invalid, "not that") }
        return try await base.settle(ticket, outcome)
    }
}
