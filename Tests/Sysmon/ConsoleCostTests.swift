import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import RoostJobs
import Synchronization
import Testing

@testable import RoostSysmon

/// What it costs the store that people look at the console.
@Suite("the cost of the console", .timeLimit(.minutes(2)))
struct ConsoleCostTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func store(_ jobs: Int) async throws -> MemoryStore {
        let store = MemoryStore()
        for start in stride(from: 0, to: jobs, by: 5000) {
            _ = try await store.enqueue(
                (0..<min(5000, jobs - start)).map {
                    NewJob(type: "noop", queue: "q\($0 % 5)", payload: Array("{}".utf8))
                })
        }
        return store
    }

    /// Takes a snapshot when it is told to.
    private final class Source: Sendable {
        let store: CountingStore
        let feed = SnapshotFeed()
        private let machine = Mutex(SnapshotMachine(configuration: .init()))
        private let start = ContinuousClock.now

        init(store: CountingStore) { self.store = store }

        func refresh(_ second: Int) async throws {
            let reading = StoreReading.answered(try await store.counts(), await store.health())
            let now = moment(Double(second), from: start)
            feed.publish(machine.withLock { $0.onTick(reading, .init(), now: now) })
        }
    }

    /// The calls of so many consoles that were told of two new snapshots and asked for everything the overview shows.
    private func calls(_ consoles: Int, on store: MemoryStore) async throws -> [String: Int] {
        let counting = CountingStore(store)
        let source = Source(store: counting)
        var sources = ConsoleSources(snapshots: source.feed)
        sources.changes = { counting.changes(of: $0) }
        sources.done = { try await counting.list(JobQuery(state: .done, limit: 100)).jobs }
        var limits = ConsoleConfiguration()
        limits.interval = .seconds(3600)
        let router = Router(context: BasicRequestContext.self)
        ConsoleRoutes(sources, configuration: limits).add(to: router)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: quiet)
        return try await application.test(.live) { client in
            let port = try #require(client.port)
            try await source.refresh(0)
            let streams = try (0..<consoles).map { _ in try #require(EventStreamClient(port: port, path: "/events")) }
            var texts = Array(repeating: "", count: consoles)
            for second in 0..<3 {
                if second > 0 { try await source.refresh(second) }
                for index in streams.indices {
                    #expect(await streams[index].read(until: "id: \(second + 1)\n", into: &texts[index]))
                    try await client.execute(uri: "/times", method: .get) { #expect($0.status == .ok) }
                }
            }
            for stream in streams { stream.hangUp() }
            return counting.taken()
        }
    }

    @Test("twenty consoles over 100,000 jobs cost as many calls as one over ten")
    func constant() async throws {
        let (small, large) = (try await store(10), try await store(100_000))
        let few = try await calls(1, on: small)
        #expect(few == ["counts": 3, "health": 3, "list": 1])
        #expect(try await calls(20, on: small) == few)
        #expect(try await calls(20, on: large) == few)
    }
}
