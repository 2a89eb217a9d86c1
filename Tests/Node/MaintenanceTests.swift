import RoostJobs
import RoostSupervision
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("a node's share of the store's maintenance", .timeLimit(.minutes(2)))
struct MaintenanceTests {
    @Test("a node says what it serves, again and again, and takes it back when it has stopped")
    func announces() async throws {
        let store = FaultyStore()
        var configuration = quick()
        configuration.queues = ["media=1", "default"]
        configuration.announceEvery = .milliseconds(10)
        try await withNode(store, configuration, handlers: try handlers { _, _ in null }) { node in
            try await eventually("it has said so many times") { store.count(.announce) > 5 }
            let notice = WorkerNotice(
                worker: node.configuration.worker, queues: ["media", "default"], types: ["t"])
            #expect(try await store.workers() == [notice])
            let other = try await store.submit("other")
            let reasons = try await store.waitReasons(other)
            #expect(reasons.contains(.noWorker(type: "other", queue: "default")))
        }
        #expect(try await store.workers().isEmpty)
    }

    @Test("a node with a fallback announces that it takes any type")
    func anyType() async throws {
        let store = MemoryStore()
        var handlers = HandlerRegistry()
        handlers.fallback { payload, _ in payload }
        try await withNode(store, handlers: handlers) { _ in
            try await eventually("it has said so") { try await store.workers().map(\.types) == [nil] }
        }
    }

    @Test("a node that drains says at once that it serves nothing, and is still there by name, until it has stopped")
    func drainsAloud() async throws {
        let store = MemoryStore()
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        var configuration = quick()
        // What is seen before that is not of the rhythm.
        configuration.announceEvery = .seconds(3600)
        configuration.announceTTL = .seconds(86_400)
        let node = try NodeService(store: store, handlers: handlers, configuration: configuration, logger: silent)
        async let ended: Void = node.run()
        _ = try await store.submit()
        await started.pass()
        try await eventually("it is announced") { try await store.workers().first?.queues == ["default"] }
        node.quiet()
        try await eventually("it serves nothing") { try await store.workers().first?.queues == [] }
        let waiting = try await store.submit()
        #expect(try await store.waitReasons(waiting).contains(.noWorker(type: "t", queue: "default")))
        node.resume()
        try await eventually("it serves again") { try await store.workers().first?.queues == ["default"] }
        #expect(try await !store.waitReasons(waiting).contains(.noWorker(type: "t", queue: "default")))
        node.drain()
        try await eventually("it serves nothing") { try await store.workers().first?.queues == [] }
        #expect(try await store.workers().map(\.worker) == [node.configuration.worker])
        gate.open()
        try await ended
        #expect(try await store.workers().isEmpty)
    }

    @Test("a job that waits for a slot is told that the workers are busy")
    func busy() async throws {
        let store = MemoryStore()
        let (started, gate) = (Gate(), Gate())
        var configuration = quick(concurrency: 1)
        configuration.queues = ["media=1", "default"]
        configuration.announceEvery = .milliseconds(10)
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        try await withNode(store, configuration, handlers: handlers) { _ in
            _ = try await store.submit()
            await started.pass()
            let waiting = try await store.submit()
            try await eventually("it says so") {
                try await store.waitReasons(waiting) == [.busy(queue: "default", workers: 1), .position(ahead: 0)]
            }
            #expect(try await store.workers().first?.busy == ["default"])
            gate.open()
            try await eventually("there is room") { try await store.workers().first?.busy == [] }
        }
    }

    @Test("a node that cannot take its notice back stops nevertheless")
    func drains() async throws {
        let store = HangingStore()
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        let node = try NodeService(store: store, handlers: handlers, configuration: quick(), logger: silent)
        async let ended: Void = node.run()
        _ = try await store.submit()
        await started.pass()
        try await eventually("it is announced") { try await store.workers().count == 1 }
        node.drain()
        gate.open()
        try await ended
        #expect(try await store.workers().count == 1)
    }

    @Test("everything a dead worker ran is taken back, in as many bites as it takes, and nothing else")
    func rescue() async throws {
        let store = FaultyStore()
        _ = try await store.enqueue((0..<250).map { _ in NewJob(type: "other", payload: []) })
        var dead = 0
        while dead < 230 { dead += try await store.claims(230 - dead, queues: ["default"], worker: "dead#1").count }
        _ = try await store.claims(100, queues: ["default"], worker: "alive#1")
        try await withNode(store, handlers: try handlers { _, _ in null }) { node in
            try await eventually("it is up") { node.status.duties.allSatisfy { $0.state == .running } }
            #expect(try await node.reclaim(worker: "dead#1") == 230)
            #expect(store.count(.rescue) == 4)
            #expect(try await node.reclaim(worker: "dead#1") == 0)
            #expect(try await store.counts()[.queued] == 230)
            #expect(try await store.counts()[.running] == 20)
            let calls = store.count(.rescue)
            #expect(try await node.reclaim(worker: node.configuration.worker) == 0)
            #expect(store.count(.rescue) == calls)
        }
    }

    @Test("a new life takes back what earlier ones of its name ran, and nothing of anybody else's")
    func earlierLives() async throws {
        let store = MemoryStore()
        for worker in ["w@a:1#1", "w@a:1#2", "w@a:1#3", "w@a:11#1", "w@b:1#1"] {
            _ = try await store.submit()
            _ = try await store.claims(1, queues: ["default"], worker: worker)
            try await store.announce(WorkerNotice(worker: worker, queues: ["default"], types: nil), ttl: .seconds(60))
        }
        let rescue = Rescue(store: store)
        #expect(try await rescue.reclaim(earlierLivesOf: "w@a:1", incarnation: "3") == 2)
        #expect(try await rescue.reclaim(earlierLivesOf: "w@a:1", incarnation: "3") == 0)
        #expect(try await store.counts()[.running] == 3)
    }

    @Test("a rescue that the store does not answer throws, and can be repeated")
    func rescueOutage() async throws {
        let store = FaultyStore()
        _ = try await store.submit()
        _ = try await store.claims(1, queues: ["default"], worker: "dead#1")
        store.fail(.rescue, .unavailable)
        let rescue = Rescue(store: store, maxCrashes: 1)
        await #expect(throws: StoreError.self) { try await rescue.reclaim(worker: "dead#1") }
        store.fail(.rescue, nil)
        #expect(try await rescue.reclaim(worker: "dead#1") == 1)
        #expect(try await store.counts()[.failed] == 1)
    }

    @Test("no more ended jobs are kept than the configuration says")
    func retention() async throws {
        let store = MemoryStore()
        var configuration = quick()
        configuration.retention = Retention(done: 3)
        try await withNode(store, configuration, handlers: try handlers { _, _ in null }) { _ in
            for _ in 0..<10 { _ = try await store.submit() }
            try await eventually("three are left") {
                let counts = try await store.counts()
                return counts.totals.done == 10 && counts[.done] == 3
            }
        }
    }

    @Test("jobs that time or others decide about are moved on")
    func promotes() async throws {
        let store = MemoryStore()
        try await withNode(store, handlers: try handlers { _, _ in null }) { _ in
            let parent = NewJob(type: "t", payload: [])
            var child = NewJob(type: "t", payload: [])
            child.parents = [parent.id]
            var late = NewJob(type: "t", payload: [], start: .after(.seconds(3600)))
            late.deadline = .after(.milliseconds(20))
            _ = try await store.enqueue([parent, child, late])
            #expect(try await store.ended(child.id).state == .done)
            #expect(try await store.ended(late.id).error == ErrorText.deadline)
        }
    }

    @Test("an attempt ends at its job's deadline, for good")
    func deadline() async throws {
        // The store's clock stands still, so the deadline passes for nobody but the attempt.
        let store = ClockHands("2026-03-01T12:00:00Z").store()
        let handlers = try handlers { _, _ in
            try await Task.sleep(for: .seconds(3600))
            return null
        }
        var job = NewJob(type: "t", payload: [], maxAttempts: 9)
        job.deadline = .after(.milliseconds(20))
        try await withNode(store, handlers: handlers) { node in
            _ = try await store.enqueue([job])
            let record = try await store.ended(job.id)
            #expect(record.state == .failed && record.error == ErrorText.deadline)
            #expect(record.attempt == 1)
            try await eventually("the handler was cancelled") { node.status.busy == 0 }
        }
    }

    @Test("further duties run beside the node's own; their errors are borne, their end is no end")
    func extraDuties() async throws {
        struct Fault: Error {}
        let (failing, returning) = (Counter(), Counter())
        let node = try NodeService(
            store: MemoryStore(), handlers: HandlerRegistry(), configuration: quick(),
            extraDuties: [
                Duty(name: "ingest") {
                    failing.up()
                    throw Fault()
                },
                Duty(name: "other") { returning.up() },
            ], logger: silent)
        try await withThrowingTaskGroup { group in
            group.addTask { try await node.run() }
            try await eventually("they were run again") { failing.value >= 3 && returning.value >= 2 }
            #expect(node.status.duties.contains { $0.name == "ingest" && $0.restarts == 0 && $0.state == .running })
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// Never takes a notice back.
private struct HangingStore: StoreForwarding {
    let base = MemoryStore()

    func withdraw(worker: String) async throws(StoreError) {
        do { try await Task.sleep(for: .seconds(3600)) } catch { throw StoreError(.closed, "cancelled") }
    }
}
