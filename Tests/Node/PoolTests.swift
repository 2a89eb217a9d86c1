import RoostJobs
import RoostSupervision
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("queues with slots of their own", .timeLimit(.minutes(2)))
struct PoolTests {
    private func configuration() -> NodeConfiguration {
        var configuration = quick(concurrency: 2)
        configuration.queues = ["media=1", "default"]
        return configuration
    }

    @Test("a queue that is busy takes no slot of another's, and the status shows both")
    func isolated() async throws {
        let store = MemoryStore()
        let gate = Gate()
        let handlers = try handlers { _, context in
            if context.queue == "media" { await gate.pass() }
            return null
        }
        let media = try await store.enqueue((0..<5).map { _ in NewJob(type: "t", queue: "media", payload: []) })
        try await withNode(store, configuration(), handlers: handlers) { node in
            try await eventually("media is full") { node.status.pools.last?.busy == 1 }
            for _ in 0..<20 { _ = try await store.submit() }
            try await eventually("the others are done") { try await store.counts()[.done] == 20 }
            #expect(try await store.counts().queues["media"]?[.queued] == 4)
            let status = node.status
            #expect(status.slots == 3 && status.busy == 1)
            #expect(status.pools.map(\.name) == ["shared", "media"])
            #expect(status.pools.map(\.queues) == [["default"], ["media"]])
            #expect(status.pools.map(\.concurrency) == [2, 1])
            #expect(status.pools.map(\.busy) == [0, 1])
            #expect(status.running.map(\.queue) == ["media"])
            gate.open()
            for job in media { #expect(try await store.ended(try #require(job.id)).state == .done) }
            try await eventually("all are counted") { node.status.counters.processed == 25 }
        }
    }

    @Test("leases, deadlines and the drain look after every pool")
    func lookedAfter() async throws {
        let store = FaultyStore()
        let started = Counter()
        let handlers = try handlers { _, _ in
            started.up()
            try await Task.sleep(for: .seconds(3600))
            return null
        }
        var configuration = configuration()
        configuration.drain = .milliseconds(20)
        let node = try NodeService(store: store, handlers: handlers, configuration: configuration, logger: silent)
        async let ended: Void = node.run()
        let short = NewJob(type: "t", queue: "media", payload: [], maxAttempts: 1, timeout: .milliseconds(20))
        _ = try await store.enqueue([short])
        #expect(try await store.ended(short.id).error == "timed out after 20 ms")
        _ = try await store.enqueue([NewJob(type: "t", queue: "media", payload: []), NewJob(type: "t", payload: [])])
        try await eventually("both run") { started.value == 3 }
        let extensions = store.count(.extend)
        try await eventually("leases are extended") { store.count(.extend) > extensions + 1 }
        #expect(node.pools.tickets.count == 2)
        node.drain()
        try await ended
        #expect(try await store.counts()[.queued] == 2)
    }

    @Test("each pool's claim loop is a duty of its own that comes back")
    func duties() async throws {
        let store = MemoryStore()
        try await withNode(store, configuration(), handlers: try handlers { _, _ in null }) { node in
            try await eventually("there is one to kill") { node.kill(dutyNamed: "claim media") }
            try await eventually("it is back") {
                node.status.duties.contains { $0.name == "claim media" && $0.restarts == 1 && $0.state == .running }
            }
            let job = NewJob(type: "t", queue: "media", payload: [])
            _ = try await store.enqueue([job])
            #expect(try await store.ended(job.id).state == .done)
        }
    }

    @Test("a paused queue stops neither its node's other queues nor the node")
    func paused() async throws {
        let store = MemoryStore()
        _ = try await store.setQueue("media", .pause)
        let job = NewJob(type: "t", queue: "media", payload: [])
        _ = try await store.enqueue([job])
        try await withNode(store, configuration(), handlers: try handlers { _, _ in null }) { _ in
            #expect(try await store.ended(store.submit()).state == .done)
            #expect(try await store.record(job.id).state == .queued)
            _ = try await store.setQueue("media", .resume)
            #expect(try await store.ended(job.id).state == .done)
        }
    }

    @Test("a node asks only for types it handles")
    func types() async throws {
        let store = MemoryStore()
        try await withNode(store, handlers: try handlers { _, _ in null }) { _ in
            let other = try await store.submit("other")
            #expect(try await store.ended(store.submit()).state == .done)
            let job = try await store.record(other)
            #expect(job.state == .queued && job.startedAt == nil)
        }
    }
}
