import RoostJobs
import Testing

@testable import RoostSysmon

/// What it costs to watch: the calls that the snapshots and the screen make together.
@Suite("the cost of watching")
struct ScreenCostTests {
    /// So many jobs in each state a job can be in.
    private func store(_ jobs: Int) async throws -> MemoryStore {
        let store = MemoryStore()
        let payload = Array("{}".utf8)
        for start in stride(from: 0, to: jobs, by: 5000) {
            let count = min(5000, jobs - start)
            _ = try await store.enqueue(
                (0..<count).map { number in
                    NewJob(
                        type: "noop", queue: "q\(number % 5)", payload: payload, maxAttempts: 1,
                        start: number % 7 == 0 ? .after(.seconds(3600)) : .now)
                })
        }
        let request = ClaimRequest(
            queues: (0..<5).map { "q\($0)" }, limit: min(8, jobs / 2), worker: "w", lease: .seconds(60))
        for (index, claim) in try await store.claim(request).enumerated() {
            let outcome: Outcome? = [.succeeded(result: payload), .failed(error: "boom"), nil][index % 3]
            if let outcome { _ = try await store.settle(claim.ticket, outcome) }
        }
        return store
    }

    /// The calls that ten seconds on a tab make.
    private func calls(_ tab: ScreenTab, open: Bool, on store: MemoryStore) async throws -> [String: Int] {
        let counting = CountingStore(store)
        let source = StoreSource(store: counting)
        var snapshots = SnapshotMachine(configuration: .init())
        var machine = ScreenMachine(view: .init(size: .init(columns: 120, rows: 40)), hasSource: true)
        let start = ContinuousClock.now
        func perform(_ directives: [ScreenDirective]) async throws {
            var left = directives
            while !left.isEmpty {
                guard case .ask(let request) = left.removeFirst() else { continue }
                left += machine.onAnswer(try await source.answer(request), to: request)
            }
        }
        func refresh(_ second: Int) async throws {
            let counts = try await counting.counts()
            let health = await counting.health()
            let now = moment(Double(second), from: start)
            try await perform(machine.onSnapshot(snapshots.onTick(.answered(counts, health), .init(), now: now)))
        }
        try await refresh(0)
        try await perform(machine.type("\(tab.number)"))
        if open { try await perform(machine.onKey(.enter)) }
        _ = counting.taken()
        for second in 1...10 { try await refresh(second) }
        return counting.taken()
    }

    @Test("a refresh makes as many calls to the store with 100,000 jobs as with ten, on every tab")
    func constant() async throws {
        let (small, large) = (try await store(10), try await store(100_000))
        let expected: [ScreenTab: [String: Int]] = [
            .queues: ["queues": 10], .jobs: ["list": 12], .dead: ["list": 12], .cron: ["crons": 10],
        ]
        for tab in ScreenTab.allCases {
            let (few, many) = (
                try await calls(tab, open: false, on: small), try await calls(tab, open: false, on: large)
            )
            #expect(few == many, "\(tab)")
            // The times are a sample of one page, every five seconds.
            let more = ["counts": 10, "health": 10, "list": 2].merging(expected[tab] ?? [:]) { $1 }
            #expect(many == more, "\(tab)")
        }
    }

    @Test("an open job costs four calls at most")
    func job() async throws {
        let (small, large) = (try await store(10), try await store(10_000))
        let few = try await calls(.jobs, open: true, on: small)
        #expect(few == (try await calls(.jobs, open: true, on: large)))
        #expect(few == ["counts": 10, "health": 10, "list": 2, "job": 10, "notes": 10, "waitReasons": 10])
    }

    @Test("a page is no longer than the screen is high, whatever there is")
    func page() async throws {
        let source = StoreSource(store: try await store(1000))
        for (rows, most) in [(5, 1), (24, 15), (50, 41), (1000, 200)] {
            var machine = ScreenMachine(view: .init(size: .init(columns: 80, rows: rows)), hasSource: true)
            _ = machine.onSnapshot(snapshot())
            machine.type("3")
            let wanted = try #require(machine.wanted)
            guard case .page(let page) = try await source.answer(wanted) else { throw StoreError(.invalid, "no page") }
            #expect(page.jobs.count == most && page.total == 1000)
        }
    }
}
