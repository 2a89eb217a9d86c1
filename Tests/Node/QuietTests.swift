import RoostJobs
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("a node that is to claim no more for a while", .timeLimit(.minutes(2)))
struct QuietTests {
    /// A node, and a gate that its handlers wait at.
    private func running(
        _ store: any JobStore, _ body: (NodeService, _ started: Gate, _ gate: Gate) async throws -> Void
    ) async throws {
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        var configuration = quick()
        configuration.claimWait = .seconds(60)
        let node = try NodeService(store: store, handlers: handlers, configuration: configuration, logger: silent)
        async let ended: Void = node.run()
        try await body(node, started, gate)
        node.drain()
        try await ended
    }

    @Test("it lets what runs end, claims nothing, and claims again when it may")
    func quiet() async throws {
        let store = FaultyStore()
        try await running(store) { node, started, gate in
            let first = try await store.submit()
            await started.pass()
            node.quiet()
            #expect(node.status.isDraining)
            try await eventually("the waiting claim has ended") { !node.pools.pending.isClaiming }
            let claims = store.count(.claim)
            let waiting = try await store.submit()
            gate.open()
            #expect(try await store.ended(first).state == .done)
            #expect(store.count(.claim) == claims)
            #expect(try await store.record(waiting).state == .queued)
            node.resume()
            #expect(try await store.ended(waiting).state == .done)
            #expect(!node.status.isDraining)
        }
    }

    @Test("a claim that was answered meanwhile is handed back, not lost")
    func answeredClaim() async throws {
        let store = FaultyStore()
        let (reached, leave) = (Gate(), Gate())
        store.holdClaims(reached: reached, leave: leave)
        try await running(store) { node, _, gate in
            gate.open()
            let id = try await store.submit()
            await reached.pass()
            node.quiet()
            leave.open()
            try await eventually("the claim has ended") { !node.pools.pending.isClaiming }
            try await eventually("it is handed back") { node.pools.pending.unsettled == 0 }
            #expect(try await store.record(id).state == .queued)
            #expect(try await store.record(id).attempt == 0)
            node.resume()
            #expect(try await store.ended(id).state == .done)
        }
    }

    @Test("it may change its mind any number of times, and stops when told to stop", arguments: 0..<10)
    func changing(_ round: Int) async throws {
        let store = FaultyStore()
        try await running(store) { node, _, gate in
            gate.open()
            for _ in 0..<50 {
                node.quiet()
                node.resume()
            }
            let id = try await store.submit()
            #expect(try await store.ended(id).state == .done)
            node.quiet()
        }
        #expect(store.count(.claim) > 0)
    }

    @Test("what was told to stop does not claim again")
    func stopped() async throws {
        let store = FaultyStore()
        try await running(store) { node, _, _ in
            node.drain()
            node.resume()
            #expect(node.status.isDraining)
        }
    }
}
