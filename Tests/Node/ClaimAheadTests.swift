import Glibc
import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostNode

/// Remembers what was asked for, and holds back the calls after the first until they may go on.
private final class AskedStore: StoreForwarding {
    let base = MemoryStore()
    let second = Gate()
    let goOn = Gate()
    /// The call that fails, counted from one; nil: none.
    let failing: Int?
    private let requests = Mutex<[ClaimRequest]>([])
    private let extended = Mutex(0)

    init(failing: Int? = nil) { self.failing = failing }

    var asked: [Int] { requests.withLock { $0.map(\.limit) } }
    var waits: [Bool] { requests.withLock { $0.map { $0.wait > .zero } } }
    /// The most jobs whose leases were extended at once.
    var mostExtended: Int { extended.withLock { $0 } }

    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        let number = requests.withLock { requests in
            requests.append(request)
            return requests.count
        }
        if number == failing {
            await goOn.pass()
            throw StoreError(.unavailable, "as the test wants it")
        }
        let claims = try await base.claim(request)
        if number == 2 { second.open() }
        if number > 1 { await goOn.pass() }
        return claims
    }

    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended {
        extended.withLock { $0 = max($0, tickets.count) }
        return try await base.extend(tickets, lease: lease)
    }
}

@Suite("claims ahead", .timeLimit(.minutes(2)))
struct ClaimAheadTests {
    private func configuration() -> NodeConfiguration {
        var configuration = quick(concurrency: 110)
        configuration.claimBatch = 40
        return configuration
    }

    private func submit(_ count: Int, to store: any JobStore) async throws {
        _ = try await store.enqueue((0..<count).map { _ in NewJob(type: "t", payload: []) })
    }

    /// Handlers that are counted and then wait.
    private func waiting(at gate: Gate, _ started: Counter) throws -> HandlerRegistry {
        try handlers { _, _ in
            started.up()
            await gate.pass()
            return null
        }
    }

    @Test("where there are more jobs than asked for, the next are asked for while these run, as far as there are slots")
    func ahead() async throws {
        let (store, gate, started) = (AskedStore(), Gate(), Counter())
        try await submit(300, to: store)
        let handlers = try waiting(at: gate, started)
        try await withNode(store, configuration(), handlers: handlers) { node in
            await store.second.pass()
            try await eventually("those of the first claim run") { started.value == 40 }
            // The two calls ahead come in any order.
            try await eventually("for every slot a job was asked for") { store.asked.sorted() == [30, 40, 40] }
            store.goOn.open()
            try await eventually("every slot is taken") { started.value == 110 }
            #expect(store.asked.sorted() == [30, 40, 40])
            #expect(node.status.busy == 110)
            gate.open()
            try await eventually("all are done") { try await store.counts()[.done] == 300 }
        }
    }

    @Test("a drain hands back what was claimed ahead")
    func drained() async throws {
        let store = AskedStore()
        try await submit(100, to: store)
        let node = try NodeService(
            store: store, handlers: try handlers { _, _ in null }, configuration: configuration(), logger: silent)
        async let ended: Void = node.run()
        await store.second.pass()
        try await eventually("those of the first claim are done") { try await store.counts()[.done] == 40 }
        node.drain()
        store.goOn.open()
        try await ended
        let counts = try await store.counts()
        #expect(counts[.done] == 40 && counts[.queued] == 60 && counts[.running] == 0)
    }

    @Test("few slots are not worth a call ahead")
    func few() async throws {
        let (store, gate, started) = (AskedStore(), Gate(), Counter())
        try await submit(100, to: store)
        let handlers = try waiting(at: gate, started)
        var configuration = configuration()
        configuration.concurrency = 59
        store.goOn.open()
        try await withNode(store, configuration, handlers: handlers) { node in
            try await eventually("every slot is taken") { started.value == 59 }
            // Nineteen are asked for by the call that waits for jobs, when there are none.
            #expect(store.asked == [40, 19] && store.waits == [true, true])
            gate.open()
            try await eventually("all are done") { try await store.counts()[.done] == 100 }
        }
    }

    @Test("a claim that fails ahead costs nothing of the one before")
    func failing() async throws {
        let store = FaultyStore()
        let done = Counter()
        try await submit(100, to: store)
        let handlers = try handlers { _, _ in
            if done.up() == 1 { store.fail(.claim, nil) }
            return null
        }
        let (reached, leave) = (Gate(), Gate())
        store.holdClaims(reached: reached, leave: leave)
        try await withNode(store, configuration(), handlers: handlers) { _ in
            await reached.pass()
            // The one after the first meets it, and is made again.
            store.fail(.claim, .unavailable)
            leave.open()
            try await eventually("all are done") { try await store.counts()[.done] == 100 }
        }
        #expect(done.value == 100)
    }

    @Test("of two calls ahead one may fail: what the other brings is run", arguments: [2, 3])
    func oneFails(number: Int) async throws {
        let (store, started) = (AskedStore(failing: number), Counter())
        try await submit(100, to: store)
        store.goOn.open()
        let handlers = try handlers { _, _ in
            started.up()
            return null
        }
        try await withNode(store, configuration(), handlers: handlers) { _ in
            try await eventually("all are done") { try await store.counts()[.done] == 100 }
        }
        #expect(started.value == 100)
    }

    @Test("jobs claimed ahead have their leases kept although handlers hold every thread of the global executor")
    func blockedPool() async throws {
        let store = AskedStore()
        store.goOn.open()
        try await submit(110, to: store)
        // One for all, so that a test that fails ends.
        let deadline = ContinuousClock.now + .seconds(10)
        let handlers = try handlers { _, _ in
            while store.mostExtended < 110, ContinuousClock.now < deadline { usleep(1000) }
            return null
        }
        try await withNode(store, configuration(), handlers: handlers) { _ in
            try await eventually("all are done") { try await store.counts()[.done] == 110 }
        }
        #expect(store.mostExtended == 110)
    }

    @Test("however long the backlog, every hundred calls one is made that tells the loop that all is well")
    func bounded() async throws {
        let store = AskedStore()
        store.goOn.open()
        try await submit(3000, to: store)
        var configuration = quick(concurrency: 1000)
        configuration.claimBatch = 10
        let handlers = try handlers { _, _ in null }
        try await withNode(store, configuration, handlers: handlers) { _ in
            try await eventually("all are done") { try await store.counts()[.done] == 3000 }
        }
        let runs = store.waits.split(separator: true).map(\.count)
        #expect(runs.max() ?? 0 <= 100)
        #expect(runs.reduce(0, +) >= 100)
    }

    @Test("a hint for a job of the claim after next is kept until that is told of")
    func hints() {
        var hints = CancelHints()
        let claims = (0..<2).map { _ in
            Claim(
                job: JobRecord(NewJob(type: "t", payload: []), state: .running, insertedAt: .now(), runAt: nil),
                token: 1)
        }
        hints.claimBegins()
        hints.claimBeginsAhead()
        var asks = claims.map { hints.add($0.job.id, runsHere: false) }
        asks += claims.map { hints.claimed([$0]) }
        #expect(asks == [false, false, true, true])
        #expect(hints.take() == Set(claims.map(\.job.id)))
        #expect(claims.allSatisfy { !hints.isWaiting($0.job.id) })
    }
}
