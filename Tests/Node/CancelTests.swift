import RoostJobs
import RoostSupervision
import RoostTestKit
import Synchronization
import Testing

@testable import RoostNode

@Suite("calling off what runs", .timeLimit(.minutes(2)))
struct CancelTests {
    /// Leases are extended once at the start and then not for long, so that only a hint can be heard.
    private func patient(grace: Duration = .seconds(60)) -> NodeConfiguration {
        var configuration = quick(lease: .seconds(600))
        configuration.extendEvery = .seconds(300)
        configuration.cancelGrace = grace
        return configuration
    }

    private func sleeper(_ started: Gate) throws -> HandlerRegistry {
        try handlers { _, _ in
            started.open()
            try await Task.sleep(for: .seconds(3600))
            return null
        }
    }

    @Test("a job cancelled in the store is cancelled on its node at once, with the reason that was given")
    func hinted() async throws {
        let store = FaultyStore()
        let started = Gate()
        try await withNode(store, patient(), handlers: try sleeper(started)) { node in
            let id = try await store.submit()
            await started.pass()
            let cancellation = try await store.cancel(id, reason: "not needed")
            #expect(cancellation == .requested(worker: node.configuration.worker))
            let job = try await store.ended(id)
            #expect(job.state == .cancelled)
            #expect(job.error == "not needed")
            #expect(job.attempt == 1)
            try await eventually("it is counted") { node.status.counters.cancelled == 1 && node.status.busy == 0 }
        }
    }

    @Test("a hint that is lost is made up for by the next extension")
    func extended() async throws {
        let store = FaultyStore(tellsOfCancels: false)
        let started = Gate()
        try await withNode(store, quick(), handlers: try sleeper(started)) { _ in
            let id = try await store.submit()
            await started.pass()
            _ = try await store.cancel(id, reason: "not needed")
            #expect(try await store.ended(id).error == "not needed")
        }
    }

    @Test("a cancel that comes while the claim is on its way is not missed")
    func early() async throws {
        let store = FaultyStore()
        let (reached, leave, started) = (Gate(), Gate(), Gate())
        store.holdClaims(reached: reached, leave: leave)
        try await withNode(store, patient(), handlers: try sleeper(started)) { node in
            let id = try await store.submit()
            await reached.pass()
            _ = try await store.cancel(id, reason: "not needed")
            // The hint is read on the node's thread; only then may the claim go on.
            try await eventually("the hint was heard") { node.pools.all[0].state.withLock { $0.hints.isWaiting(id) } }
            leave.open()
            #expect(try await store.ended(id).error == "not needed")
        }
    }

    @Test("a hint about a job that nobody wants cancelled any more does nothing")
    func stale() async throws {
        let store = FaultyStore()
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, context in
            started.open()
            await gate.pass()
            return Array("\(context.isCancelled)".utf8)
        }
        try await withNode(store, patient(), handlers: handlers) { node in
            let id = try await store.submit()
            await started.pass()
            let extensions = store.count(.extend)
            node.pools.hint(id)
            try await eventually("the store was asked") { store.count(.extend) > extensions }
            await Task(executorPreference: node.executor) {}.value
            gate.open()
            #expect(try await store.ended(id).resultText == "false")
        }
    }

    @Test("a handler that completes in spite of a cancel has its result kept")
    func completes() async throws {
        let store = FaultyStore()
        let started = Gate()
        let handlers = try handlers { _, context in
            started.open()
            try? await Task.sleep(for: .seconds(3600))
            return Array("\(context.isCancelled)".utf8)
        }
        try await withNode(store, patient(), handlers: handlers) { _ in
            let id = try await store.submit()
            await started.pass()
            _ = try await store.cancel(id, reason: "not needed")
            let job = try await store.ended(id)
            #expect(job.state == .done)
            #expect(job.resultText == "true")
        }
    }

    @Test("a handler that ignores a cancel loses its job after the grace time, keeps its slot and is reported stuck")
    func stuck() async throws {
        let store = FaultyStore()
        let (started, gate) = (Gate(), Gate())
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        try await withNode(store, patient(grace: .milliseconds(30)), handlers: handlers) { node in
            let id = try await store.submit()
            await started.pass()
            _ = try await store.cancel(id, reason: "not needed")
            let job = try await store.ended(id)
            #expect(job.state == .cancelled && job.error == "not needed")
            try await eventually("it is stuck") { node.status.stuck == 1 && node.status.busy == 1 }
            gate.open()
            try await eventually("it is not") { node.status.stuck == 0 && node.status.busy == 0 }
            #expect(try await store.record(id).state == .cancelled)
        }
    }

    @Test("a cancel is carried out after an outage that began before it was heard")
    func outage() async throws {
        let store = FaultyStore()
        let started = Gate()
        try await withNode(store, patient(), handlers: try sleeper(started)) { node in
            let id = try await store.submit()
            await started.pass()
            store.failAll(.unavailable)
            _ = try await store.base.cancel(id, reason: "not needed")
            let extensions = store.count(.extend)
            try await eventually("asking failed") { store.count(.extend) > extensions + 1 }
            store.failAll(nil)
            #expect(try await store.ended(id).error == "not needed")
            #expect(node.status.duties.allSatisfy { $0.restarts == 0 })
        }
    }

    @Test("a node that is told to cancel a job needs no store for it")
    func ownCancel() async throws {
        let store = MemoryStore()
        let started = Gate()
        try await withNode(store, patient(), handlers: try sleeper(started)) { node in
            let id = try await store.submit()
            await started.pass()
            #expect(node.cancel(id, reason: "here"))
            #expect(try await store.ended(id).error == "here")
            #expect(!node.cancel(JobIDGenerator.shared.next(), reason: "nowhere"))
        }
    }

    @Test("a job that is handed back at the end although somebody wants it cancelled is cancelled")
    func handedBack() async throws {
        let store = MemoryStore()
        let (started, gate) = (Gate(), Gate())
        defer { gate.open() }
        let handlers = try handlers { _, _ in
            started.open()
            await gate.pass()
            return null
        }
        let node = try NodeService(store: store, handlers: handlers, configuration: patient(), logger: silent)
        async let ended: Void = node.run()
        let id = try await store.submit()
        await started.pass()
        #expect(node.cancel(id, reason: "here"))
        node.handBackNow()
        try await ended
        #expect(try await store.record(id).error == "here")
    }

    @Test("hints are kept only for claims that are on their way, and only so many")
    func hints() {
        var hints = CancelHints()
        let job = JobRecord(NewJob(type: "t", payload: []), state: .running, insertedAt: .now(), runAt: nil)
        let claim = Claim(job: job, token: 1)
        var asks = [hints.add(job.id, runsHere: false)]
        hints.claimBegins()
        asks += [hints.claimed([claim]), hints.add(job.id, runsHere: false), hints.claimed([claim])]
        #expect(asks == [false, false, false, true])
        let taken = [hints.take(), hints.take()]
        #expect(taken == [[job.id], []])
        for _ in 0..<2 * CancelHints.limit { _ = hints.add(JobIDGenerator.shared.next(), runsHere: false) }
        asks = [hints.add(job.id, runsHere: false), hints.claimed([claim]), hints.add(job.id, runsHere: true)]
        #expect(asks == [false, false, true])
    }
}
