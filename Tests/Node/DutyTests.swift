import RoostJobs
import RoostSupervision
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("the loops of a node", .timeLimit(.minutes(2)))
struct DutyTests {
    @Test(
        "each loop that is killed comes back, and no job is lost or run twice",
        arguments: [
            "claim", "leases", "cancels", "deadlines", "promote", "reclaim", "prune", "cron", "announce", "store",
        ])
    func killed(_ duty: String) async throws {
        let store = MemoryStore()
        let (gate, runs) = (Gate(), Counter())
        let handlers = try handlers { _, _ in
            runs.up()
            await gate.pass()
            return null
        }
        let configuration = quick(lease: .seconds(2), sweep: .milliseconds(20))
        try await withNode(store, configuration, handlers: handlers) { node in
            for _ in 0..<4 { _ = try await store.submit() }
            try await eventually("four run") { runs.value == 4 }
            for round in 1...3 {
                try await eventually("there is a run to kill") { node.kill(dutyNamed: duty) }
                try await eventually("it is back") {
                    node.status.duties.contains { $0.name == duty && $0.restarts == round && $0.state == .running }
                }
            }
            gate.open()
            for _ in 0..<20 { _ = try await store.submit() }
            let later = try await store.submit(start: .after(.milliseconds(5)), ttl: .zero)
            try await eventually("all are done and the last is pruned") {
                let counts = try await store.counts()
                let isPruned = try await store.job(later) == nil
                return counts[.done] == 24 && counts.total == 24 && isPruned
            }
            #expect(try await store.counts().totals.started == 25)
        }
        #expect(runs.value == 25)
    }

    @Test("killing the claim loop does not cancel what it has claimed")
    func killedClaimLoop() async throws {
        let store = MemoryStore()
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, context in
            started.open()
            await gate.pass()
            return Array("\(context.isCancelled)".utf8)
        }
        try await withNode(store, handlers: handlers) { node in
            let id = try await store.submit()
            await started.pass()
            #expect(node.kill(dutyNamed: "claim"))
            try await eventually("it is back") {
                node.status.duties.contains { $0.name == "claim" && $0.restarts == 1 && $0.state == .running }
            }
            gate.open()
            #expect(try await store.ended(id).resultText == "false")
        }
    }

    @Test("a store whose own work breaks again and again costs the node no restart")
    func brokenStoreWork() async throws {
        let store = FaultyStore()
        store.fail(.run, .unavailable)
        try await withNode(store, handlers: try handlers { _, _ in null }) { node in
            try await eventually("it was tried again") { store.count(.run) >= 3 }
            #expect(node.status.duties.allSatisfy { $0.restarts == 0 })
        }
    }
}
