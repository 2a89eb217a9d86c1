import RoostJobs
import RoostSupervision
import RoostTestKit
import Synchronization
import Testing

@testable import RoostNode

@Suite("stopping a node", .timeLimit(.minutes(2)))
struct DrainTests {
    @Test("a draining node claims no more, lets what runs end, and then stops")
    func drains() async throws {
        let store = FaultyStore()
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        try await stopping(store, quick(), handlers) { node in
            let id = try await store.submit()
            await started.pass()
            node.drain()
            try await eventually("the waiting claim has ended") { !node.pools.pending.isClaiming }
            let claims = store.count(.claim)
            let waiting = try await store.submit()
            #expect(node.status.isDraining)
            // Leases are kept while it drains.
            let extensions = store.count(.extend)
            try await eventually("the lease is extended") { store.count(.extend) > extensions + 1 }
            gate.open()
            #expect(try await store.ended(id).state == .done)
            #expect(store.count(.claim) == claims)
            #expect(try await store.record(waiting).state == .queued)
        }
    }

    @Test("an idle node stops at once, although its claim would wait longer")
    func stopsIdle() async throws {
        let store = FaultyStore()
        var configuration = quick()
        configuration.claimWait = .seconds(60)
        try await stopping(store, configuration, try handlers { _, _ in null }) { node in
            try await eventually("a claim waits") { store.count(.claim) == 1 }
            node.drain()
        }
    }

    @Test("a node told to drain before it runs claims nothing and ends")
    func drainsBeforeItRuns() async throws {
        let store = FaultyStore()
        let node = try NodeService(
            store: store, handlers: try handlers { _, _ in null }, configuration: quick(), logger: silent)
        node.drain()
        try await node.run()
        #expect(store.count(.claim) == 0)
    }

    @Test("what runs longer than the drain is handed back without burning an attempt")
    func handsBack() async throws {
        let store = MemoryStore()
        let started = Gate()
        let handlers = try handlers { _, _ in
            started.open()
            try await Task.sleep(for: .seconds(3600))
            return null
        }
        try await stopping(store, quick(drain: .milliseconds(30)), handlers) { node in
            _ = try await store.submit()
            await started.pass()
            node.drain()
        }
        let job = try #require(try await store.list(JobQuery()).jobs.first)
        #expect(job.state == .queued)
        #expect(job.attempt == 0)
        #expect(job.crashes == 0)
    }

    @Test("a second request hands back at once, also from handlers that ignore it")
    func handBackNow() async throws {
        let store = MemoryStore()
        let (started, gate) = (Gate(), Gate())
        defer { gate.open() }
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        try await stopping(store, quick(drain: .seconds(3600)), handlers) { node in
            _ = try await store.submit()
            await started.pass()
            node.drain()
            node.handBackNow()
        }
        let job = try #require(try await store.list(JobQuery()).jobs.first)
        #expect(job.state == .queued)
        #expect(job.attempt == 0)
    }

    @Test("a claim that was answered when the drain began is handed back, not lost")
    func answeredClaim() async throws {
        let store = FaultyStore()
        let (reached, leave) = (Gate(), Gate())
        store.holdClaims(reached: reached, leave: leave)
        let runs = Counter()
        let handlers = try handlers { _, _ in
            runs.up()
            return null
        }
        try await stopping(store, quick(), handlers) { node in
            _ = try await store.submit()
            await reached.pass()
            node.drain()
            // The node's thread works in order: after this it has looked whether there is anything to wait for.
            await Task(executorPreference: node.executor) {}.value
            #expect(node.drainState.withLock { $0.phase } != .stopped)
            leave.open()
        }
        let job = try #require(try await store.list(JobQuery()).jobs.first)
        #expect(job.state == .queued)
        #expect(job.attempt == 0)
        #expect(runs.value == 0)
    }

    @Test("an outcome is settled although the handler ends in the middle of the drain's hand-back", arguments: 0..<20)
    func racesWithHandBack(_ round: Int) async throws {
        let store = MemoryStore()
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        try await stopping(store, quick(), handlers) { node in
            _ = try await store.submit()
            await started.pass()
            async let opened: Void = gate.open()
            node.handBackNow()
            await opened
        }
        let job = try #require(try await store.list(JobQuery()).jobs.first)
        #expect(job.state == .done || (job.state == .queued && job.attempt == 0))
    }

    @Test("a store that stays away does not keep a node from stopping")
    func storeAway() async throws {
        let store = FaultyStore()
        store.fail(.settle, .unavailable)
        var configuration = quick(drain: .milliseconds(10))
        configuration.handBack = .milliseconds(50)
        let node = try NodeService(
            store: store, handlers: try handlers { _, _ in null }, configuration: configuration, logger: silent)
        _ = try await store.submit()
        async let ended: Void = node.run()
        try await eventually("settling was tried") { store.count(.settle) >= 1 }
        node.drain()
        try await ended
        try await eventually("the outcome is given up") { node.status.counters.abandoned == 1 }
    }

    /// Runs a node until the body has made it stop.
    private func stopping(
        _ store: any JobStore, _ configuration: NodeConfiguration, _ handlers: HandlerRegistry,
        _ body: (NodeService) async throws -> Void
    ) async throws {
        let node = try NodeService(store: store, handlers: handlers, configuration: configuration, logger: silent)
        async let ended: Void = node.run()
        try await body(node)
        try await ended
        #expect(node.status.duties.allSatisfy { $0.state == .stopped })
    }
}
