import Glibc
import RoostJobs
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("leases of a node", .timeLimit(.minutes(2)))
struct LeaseTests {
    @Test("a job that runs for many leases is not taken away")
    func keepsLeases() async throws {
        let store = FaultyStore()
        let gate = Gate()
        let handlers = try handlers { _, _ in
            await gate.pass()
            return null
        }
        let configuration = quick(lease: .seconds(1), sweep: .milliseconds(50))
        try await withNode(store, configuration, handlers: handlers) { _ in
            let id = try await store.submit()
            try await eventually("its lease was extended many times") { store.count(.extend) > 40 }
            gate.open()
            let job = try await store.ended(id)
            #expect(job.attempt == 1)
            #expect(job.crashes == 0)
        }
    }

    @Test("handlers that block every thread of the global executor do not cost their leases")
    func blockedPool() async throws {
        let store = FaultyStore()
        let cores = NodeConfiguration.defaultConcurrency / 4
        let returned = Counter()
        let handlers = try handlers { _, _ in
            block { store.count(.extend) > 45 && store.count(.reclaim) > 15 }
            returned.up()
            return null
        }
        for _ in 0..<(2 * cores) { _ = try await store.submit() }
        // 45 extensions, one each 50 ms: more than two leases.
        let configuration = quick(concurrency: 2 * cores, lease: .seconds(1), sweep: .milliseconds(100))
        try await withNode(store, configuration, handlers: handlers) { node in
            try await eventually("all are done") { try await store.counts()[.done] == 2 * cores }
            #expect(try await store.counts().totals.reclaimed == 0)
            #expect(try await store.counts().totals.started == 2 * cores)
            #expect(node.status.counters.leaseLost == 0)
        }
        #expect(returned.value == 2 * cores)
    }

    @Test("deadlines are kept although handlers block every thread of the global executor")
    func blockedPoolDeadline() async throws {
        let store = FaultyStore()
        let cores = NodeConfiguration.defaultConcurrency / 4
        let handlers = try handlers { _, _ in
            block { store.count(.settle) >= cores }
            return null
        }
        let ids = try await store.enqueue(
            (0..<cores).map { _ in NewJob(type: "t", payload: [], maxAttempts: 1, timeout: .milliseconds(50)) })
        try await withNode(store, quick(concurrency: cores), handlers: handlers) { _ in
            for id in ids {
                let job = try await store.ended(try #require(id.id))
                #expect(job.error == "timed out after 50 ms")
            }
        }
    }

    /// Blocks this thread, as handlers must not, until the condition holds; gives up after eight seconds, so that a
    /// failing test ends.
    private func block(until condition: () -> Bool) {
        let deadline = ContinuousClock.now + .seconds(8)
        while !condition(), ContinuousClock.now < deadline { usleep(1000) }
    }

    @Test("an attempt whose lease was lost is cancelled, its outcome is not recorded, and it is counted")
    func lostLease() async throws {
        let store = FaultyStore()
        let (first, cancelled, second) = (Gate(), Gate(), Gate())
        let runs = Counter()
        let handlers = try handlers { _, _ in
            if runs.up() == 1 {
                first.open()
                do { try await Task.sleep(for: .seconds(3600)) } catch { cancelled.open() }
                return Array("\"first\"".utf8)
            }
            await second.pass()
            return Array("\"second\"".utf8)
        }
        let configuration = quick(lease: .milliseconds(100))
        try await withNode(store, configuration, handlers: handlers) { node in
            // No extension gets through until somebody else has taken the claim back.
            store.fail(.extend, .unavailable)
            let id = try await store.submit()
            await first.pass()
            try await eventually("the lease runs out") {
                try await store.base.reclaim(limit: 1, maxCrashes: 9).requeued == [id]
            }
            store.fail(.extend, nil)
            try await eventually("the loss is noticed") { node.status.counters.leaseLost == 1 }
            await cancelled.pass()
            second.open()
            let job = try await store.ended(id)
            #expect(job.resultText == "\"second\"")
            #expect(job.crashes == 1)
            #expect(node.status.counters.processed <= 1)
        }
    }

    @Test("an outcome that comes after the lease was lost is refused and counted")
    func lateOutcome() async throws {
        let store = FaultyStore()
        store.fail(.extend, .unavailable)
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        try await withNode(store, quick(concurrency: 1, lease: .milliseconds(100)), handlers: handlers) { node in
            let id = try await store.submit()
            await started.pass()
            try await eventually("the lease runs out") {
                try await store.base.reclaim(limit: 1, maxCrashes: 9).requeued == [id]
            }
            gate.open()
            try await eventually("the outcome was refused") { node.status.counters.leaseLost == 1 }
            #expect(try await store.ended(id).attempt == 2)
        }
    }

    @Test("claims of a worker that is gone are taken back by a node that lives")
    func rescues() async throws {
        let store = MemoryStore()
        let id = try await store.submit()
        let lost = try await store.claims(1, queues: ["default"], worker: "gone", lease: .milliseconds(20))
        #expect(lost.map(\.job.id) == [id])
        let handlers = try handlers { _, _ in null }
        try await withNode(store, quick(sweep: .milliseconds(20)), handlers: handlers) { _ in
            let job = try await store.ended(id)
            #expect(job.state == .done)
            #expect(job.crashes == 1)
            #expect(job.attempt == 2)
        }
    }
}
