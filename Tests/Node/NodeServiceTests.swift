import RoostJobs
import RoostSupervision
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("a node at work", .timeLimit(.minutes(2)))
struct NodeServiceTests {
    private struct Fault: Error {}

    @Test("a thousand jobs are each run once")
    func runsAll() async throws {
        let store = MemoryStore()
        let runs = Counter()
        let handlers = try handlers { _, _ in
            runs.up()
            return null
        }
        _ = try await store.enqueue((0..<1000).map { _ in NewJob(type: "t", payload: []) })
        try await withNode(store, quick(concurrency: 16), handlers: handlers) { node in
            try await eventually("all are done") { try await store.counts()[.done] == 1000 }
            try await eventually("all are counted") { node.status.counters.processed == 1000 && node.status.busy == 0 }
        }
        #expect(runs.value == 1000)
    }

    @Test("no more jobs run at a time than there are slots, and the status names them")
    func boundedConcurrency() async throws {
        let store = MemoryStore()
        let gate = Gate()
        let (now, most) = (Counter(), Counter())
        let handlers = try handlers { _, _ in
            if now.up() <= 3 { most.up() }
            await gate.pass()
            return null
        }
        for _ in 0..<8 { _ = try await store.submit() }
        try await withNode(store, quick(concurrency: 3), handlers: handlers) { node in
            try await eventually("the slots are full") { node.status.busy == 3 && now.value == 3 }
            #expect(try await store.counts()[.queued] == 5)
            #expect(node.status.running.count == 3)
            #expect(node.status.running.allSatisfy { $0.type == "t" && $0.since <= .now() })
            #expect(node.status.slots == 3)
            #expect(node.status.types == ["t"])
            gate.open()
            try await eventually("all are done") { try await store.counts()[.done] == 8 }
        }
        #expect(most.value == 3)
    }

    @Test("a failing job is tried again until its attempts are used up")
    func retriesAndFails() async throws {
        let store = MemoryStore()
        let handlers = try handlers { _, _ in throw Fault() }
        try await withNode(store, handlers: handlers) { node in
            let job = try await store.ended(store.submit(maxAttempts: 3))
            #expect(job.state == .failed)
            #expect(job.attempt == 3)
            #expect(job.error == "Fault()")
            try await eventually("both are counted") {
                node.status.counters.retried == 2 && node.status.counters.failed == 1
            }
        }
    }

    @Test("scheduled jobs are run when their time comes, expired ones are deleted")
    func maintenance() async throws {
        let store = MemoryStore()
        let handlers = try handlers { _, _ in null }
        try await withNode(store, handlers: handlers) { _ in
            let later = try await store.submit(start: .after(.milliseconds(20)))
            #expect(try await store.ended(later).state == .done)
            _ = try await store.submit(ttl: .zero)
            try await eventually("the second is gone") { try await store.counts().total == 1 }
        }
    }

    @Test("a node without handlers claims nothing and stays up")
    func noHandlers() async throws {
        let store = FaultyStore()
        try await withNode(store, handlers: HandlerRegistry()) { node in
            try await eventually("the duties run") { node.status.duties.allSatisfy { $0.state == .running } }
            #expect(node.status.duties.map(\.restarts).reduce(0, +) == 0)
        }
        #expect(store.count(.claim) == 0)
    }

    @Test("a handler is cancelled at its deadline and the attempt has timed out")
    func timesOut() async throws {
        let store = MemoryStore()
        let cancelled = Counter()
        let handlers = try handlers { _, _ in
            do { try await Task.sleep(for: .seconds(3600)) } catch {
                cancelled.up()
                throw error
            }
            return null
        }
        try await withNode(store, handlers: handlers) { _ in
            let job = try await store.ended(store.submit(maxAttempts: 2, timeout: .milliseconds(30)))
            #expect(job.error == "timed out after 30 ms")
            #expect(job.state == .failed)
            #expect(job.attempt == 2)
            try await eventually("both handlers were cancelled") { cancelled.value == 2 }
        }
    }

    @Test("a handler that ignores its deadline keeps its slot, is reported stuck, and its job goes on without it")
    func stuckHandler() async throws {
        let store = MemoryStore()
        let gate = Gate()
        let handlers = try handlers { _, _ in
            await gate.pass()
            return null
        }
        try await withNode(store, handlers: handlers) { node in
            let job = try await store.ended(store.submit(maxAttempts: 1, timeout: .milliseconds(20)))
            #expect(job.error == "timed out after 20 ms")
            try await eventually("it is stuck") { node.status.stuck == 1 && node.status.busy == 1 }
            gate.open()
            try await eventually("it is not") { node.status.stuck == 0 && node.status.busy == 0 }
            #expect(try await store.record(job.id).state == .failed)
        }
    }

    @Test("a running job can be called off")
    func cancels() async throws {
        let store = MemoryStore()
        let started = Gate()
        let handlers = try handlers { _, _ in
            started.open()
            try await Task.sleep(for: .seconds(3600))
            return null
        }
        try await withNode(store, handlers: handlers) { node in
            let id = try await store.submit()
            await started.pass()
            #expect(node.cancel(id, reason: "not needed"))
            let job = try await store.ended(id)
            #expect(job.state == .cancelled)
            #expect(job.error == "not needed")
            #expect(!node.cancel(id, reason: "again"))
        }
    }
}
