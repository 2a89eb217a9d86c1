import FoundationEssentials
import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Foreign producers on a real server.
@Suite(.serialized) struct RedisIngestTests {
    /// Runs an ingest while the body runs.
    private func ingesting(
        _ place: RedisCase, _ change: (inout RedisIngestConfiguration) -> Void = { _ in },
        _ body: (RedisIngest) async throws -> Void
    ) async throws {
        var configuration = RedisIngestConfiguration()
        configuration.queue = "q"
        change(&configuration)
        let ingest = RedisIngest(store: place.store, configuration: configuration)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await ingest.run() }
            defer { group.cancelAll() }
            try await body(ingest)
        }
    }

    private func add(_ place: RedisCase, _ fields: [String], id: String = "*") async throws {
        var command = RedisCommand("XADD", "jobs:work", id)
        for field in fields { command.append(field) }
        try await place.client.send(command)
    }

    private func addJob(_ place: RedisCase, type: String = "email", number: Int = 0) async throws {
        try await add(
            place,
            [
                "id", JobIDGenerator.shared.next().description, "type", type, "payload", "{\"n\":\(number)}",
                "priority",
                "5", "enqueued_at", "2025-12-28T17:24:48Z", "attempts", "0",
            ])
    }

    @Test("entries from before and after the first ingest become jobs, and leave the stream")
    func jobs() async throws {
        try await RedisCase.run { place in
            for number in 0..<250 { try await addJob(place, number: number) }
            try await ingesting(place) { ingest in
                try await eventually("all are jobs") { ingest.status.accepted == 250 }
                try await addJob(place, number: 250)
                try await eventually("the new one too") { ingest.status.accepted == 251 }
                let claims = try await place.store.claims(500)
                #expect(claims.map(\.job.payload) == (0...250).map { Array("{\"n\":\($0)}".utf8) })
                #expect(claims.allSatisfy { $0.job.type == "email" && $0.job.priority == 5 && $0.job.maxAttempts == 3 })
                #expect(try await place.count("XLEN jobs:work") == 0)
                #expect(try await place.redis("XPENDING jobs:work roost").elements?.first?.int == 0)
            }
        }
    }

    @Test("what is no job is a dead letter with its bytes and a reason, and the rest goes on")
    func malformed() async throws {
        try await RedisCase.run { place in
            try await add(place, ["type", "email", "payload", "{broken", "priority", "5"])
            try await add(place, ["garbage", "\u{1}\u{2}"])
            try await add(place, ["type", "email", "payload", "{}", "priority", "99"])
            try await addJob(place)
            try await ingesting(place) { ingest in
                try await eventually("all are dealt with") {
                    ingest.status.accepted == 1 && ingest.status.buried == 3
                }
            }
            let dead = try await place.store.all(JobQuery(state: .failed))
            #expect(dead.count == 3)
            let broken = try #require(dead.first { $0.error?.contains("payload is no JSON") ?? false })
            #expect(broken.type == "email")
            #expect(broken.payload == Array(#"{"type":"email","payload":"{broken","priority":"5"}"#.utf8))
            #expect(try await place.store.counts()[.queued] == 1)
            #expect(try await place.count("XLEN jobs:work") == 0)
        }
    }

    @Test("an entry that is delivered again makes no second job")
    func redelivery() async throws {
        try await RedisCase.run { place in
            try await addJob(place)
            let entry = try await place.redis("XRANGE jobs:work - +").elements?.first?.elements
            let fields = (entry?.last?.elements ?? []).compactMap(\.text)
            try await ingesting(place) { ingest in
                try await eventually("it is a job") { ingest.status.accepted == 1 }
            }
            // As after a crash between the enqueue and the acknowledgement: the stream forgot neither.
            try await place.redis("DEL jobs:work")
            try await add(place, fields, id: entry?.first?.text ?? "")
            try await ingesting(place) { ingest in
                try await eventually("it is known") { ingest.status.accepted == 1 }
            }
            #expect(try await place.store.counts().total == 1)
            #expect(try await place.store.counts().totals.enqueued == 1)
        }
    }

    @Test("what a dead consumer left is taken over, what it deleted is let go")
    func takeOver() async throws {
        try await RedisCase.run { place in
            for number in 0..<3 { try await addJob(place, number: number) }
            try await place.redis("XGROUP CREATE jobs:work roost 0")
            let read = try await place.redis("XREADGROUP GROUP roost dead COUNT 3 STREAMS jobs:work >")
            let first = read.elements?.first?.elements?.last?.elements?.first?.elements?.first?.text ?? ""
            try await place.redis("XDEL jobs:work \(first)")
            try await ingesting(place, { $0.idle = .milliseconds(20) }) { ingest in
                try await eventually("both are jobs") { ingest.status.accepted == 2 }
                try await eventually("nothing is pending") {
                    try await place.redis("XPENDING jobs:work roost").elements?.first?.int == 0
                }
            }
            #expect(try await place.store.counts()[.queued] == 2)
        }
    }

    @Test("a consumer of the same name goes on with what it owned")
    func sameName() async throws {
        try await RedisCase.run { place in
            try await addJob(place)
            try await place.redis("XGROUP CREATE jobs:work roost 0")
            try await place.redis("XREADGROUP GROUP roost me COUNT 3 STREAMS jobs:work >")
            try await ingesting(place, { $0.consumer = "me" }) { ingest in
                try await eventually("it is a job") { ingest.status.accepted == 1 }
            }
        }
    }

    @Test("consumers long gone are forgotten, but not one that owns entries")
    func forgotten() async throws {
        try await RedisCase.run { place in
            try await addJob(place)
            try await place.redis("XGROUP CREATE jobs:work roost 0")
            try await place.redis("XREADGROUP GROUP roost owner COUNT 1 STREAMS jobs:work >")
            try await place.redis("XGROUP CREATECONSUMER jobs:work roost idle")
            func names() async throws -> Set<String> {
                let consumers = try await place.redis("XINFO CONSUMERS jobs:work roost").elements ?? []
                return Set(consumers.compactMap { $0.elements?[1].text })
            }
            try await ingesting(
                place,
                {
                    $0.consumer = "me"; $0.forget = .zero
                }
            ) { _ in
                try await eventually("the idle one is gone") { try await !names().contains("idle") }
                #expect(try await names() == ["owner", "me"])
            }
        }
    }

    @Test("the entries of a full queue wait in the stream, and become jobs when there is room")
    func fullQueue() async throws {
        try await RedisCase.run { place in
            _ = try await place.store.setQueue("q", .with { $0.quota = 2 })
            for number in 0..<5 { try await addJob(place, number: number) }
            try await ingesting(place, { $0.pause = .milliseconds(5) }) { ingest in
                try await eventually("two are jobs") { ingest.status.accepted == 2 }
                #expect(try await place.count("XLEN jobs:work") == 3)
                _ = try await place.store.setQueue("q", .with { $0.quota = .some(nil) })
                try await eventually("all are jobs") { ingest.status.accepted == 5 }
                #expect(try await place.store.claims(10).count == 5)
            }
        }
    }

    @Test("the server goes, comes back and forgets everything: entries go on becoming jobs")
    func outage() async throws {
        try await RedisCase.run(["--appendonly", "yes", "--appendfsync", "always"], deadline: .seconds(1)) { place in
            try await addJob(place)
            try await ingesting(place, { $0.pause = .milliseconds(20) }) { ingest in
                try await eventually("the first is a job") { ingest.status.accepted == 1 }
                place.server.stop()
                try await eventually("it notices") { ingest.status.failure != nil }
                try place.server.restart()
                try await eventually("a producer reaches the server") {
                    do { try await addJob(place) } catch { return false }
                    return true
                }
                try await eventually("the second is a job") {
                    ingest.status.accepted >= 2 && ingest.status.failure == nil
                }
                try await eventually("flushed") { (try? await place.redis("FLUSHALL")) != nil }
                try await addJob(place)
                try await eventually("the third is a job") { ingest.status.accepted >= 3 }
            }
            #expect(try await place.store.counts()[.queued] == 1)
        }
    }

    @Test("entries that are more than a reply may hold are dealt with all the same")
    func tooLarge() async throws {
        let server = try RedisServer.start()
        var configuration = try RedisConfiguration(url: server.url)
        configuration.maximumReplyBytes = 4 << 20
        let client = try RedisCase.client(server, configuration)
        let store = RedisStreamStore(client: client)
        let place = RedisCase(server: server, client: try RedisCase.client(server), store: store)
        let half = "\"" + String(repeating: "x", count: 500_000) + "\""
        for _ in 0..<12 { try await add(place, ["type", "t", "payload", half]) }
        try await add(place, ["type", "t", "payload", String(repeating: "y", count: 9 << 20)])
        try await addJob(place)
        try await ingesting(place, { $0.pause = .milliseconds(5) }) { ingest in
            try await eventually("all are dealt with") { ingest.status.accepted == 13 && ingest.status.buried == 1 }
        }
        await client.shutDown()
        await place.client.shutDown()
    }

    @Test("two ingests share a stream, and a stop in the middle loses nothing")
    func several() async throws {
        try await RedisCase.run { place in
            for number in 0..<600 { try await addJob(place, number: number) }
            for round in 0..<4 {
                try await ingesting(
                    place,
                    {
                        $0.idle = .milliseconds(10); $0.batch = 20
                    }
                ) { first in
                    try await ingesting(
                        place,
                        {
                            $0.idle = .milliseconds(10); $0.batch = 20
                        }
                    ) { second in
                        try await eventually("some are jobs") {
                            let left = try await place.count("XLEN jobs:work") ?? 0
                            return left <= 450 - round * 150 || first.status.accepted + second.status.accepted >= 150
                        }
                    }
                }
            }
            try await ingesting(place, { $0.idle = .milliseconds(10) }) { _ in
                try await eventually("none is left") { try await place.count("XLEN jobs:work") == 0 }
            }
            #expect(try await place.store.counts()[.queued] == 600)
        }
    }

    @Test("Python's redis package is a producer", .enabled(if: Python.hasRedis, "no Python with the redis package"))
    func python() async throws {
        try await RedisCase.run { place in
            let script = """
                import redis, json, datetime
                r = redis.Redis(port=\(place.server.port))
                for n in range(3):
                    r.xadd('jobs:work', {'id': f'python-{n}', 'type': 'email', 'payload': json.dumps({'n': n, 'to': 'ü'}),
                        'priority': 5, 'enqueued_at': datetime.datetime.now().isoformat(), 'attempts': 0}, maxlen=10000)
                r.xadd('jobs:work', {'type': 'email', 'payload': str({'single': 'quotes'})})
                """
            try Python.run(script)
            try await ingesting(place) { ingest in
                try await eventually("they are jobs") { ingest.status.accepted == 3 && ingest.status.buried == 1 }
            }
            let claims = try await place.store.claims(10)
            #expect(claims.map(\.job.tags) == (0..<3).map { ["id:python-\($0)"] })
        }
    }
}

/// A Python that has the redis package: `ROOST_PYTHON`, the one on the path, or the system's own.
private enum Python {
    static let name = [ProcessInfo.processInfo.environment["ROOST_PYTHON"], "python3", "/usr/bin/python3"]
        .compactMap { $0 }.first { (try? ChildProcess.run($0, ["-c", "import redis"])) != nil }

    static let hasRedis = name != nil

    static func run(_ script: String) throws { try ChildProcess.run(#require(name), ["-c", script]) }
}
