import FoundationEssentials
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// `roost bench`, small: that every figure is there, not how good it is.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BenchTests {
    private struct Figure {
        let scenario: String
        let store: String
        let durability: String
        let values: [String: Double]

        init(line: Substring) throws {
            let json = try JSONScanner.parseObject(Array(line.utf8), maximumDepth: 2)
            scenario = try #require(json["scenario"]?.string)
            store = try #require(json["store"]?.string)
            durability = try #require(json["durability"]?.string)
            values = json.members.reduce(into: [:]) { $0[$1.key] = $1.value.double }
        }
    }

    private static let throughput = ["jobs/s", "cpu_us/job", "rss_mb"]
    private static let lateness = ["p50_ms", "p99_ms", "max_ms"]
    private static let redis = ["redis_us/job", "scripts/job", "commands/job", "net_bytes/job"]

    /// What `roost bench --json` prints, one figure a line.
    private func figures(_ store: String, _ more: [String] = []) throws -> [Figure] {
        let directory = try TemporaryDirectory()
        let place = store.replacing("DIRECTORY", with: directory.path)
        let program = try RoostProgram(
            ["bench", "--json", "--store", place, "--jobs", "1000", "--latencies", "10", "--idle", "1"] + more,
            name: "bench", in: directory.path)
        guard let status = program.process.wait(milliseconds: 120_000) else {
            throw Surprise("the benchmark did not end:\n\(program.printed)")
        }
        #expect(status == 0, "\(program.printed)")
        return try program.printed.split(whereSeparator: \.isNewline).map { try Figure(line: $0) }
    }

    private func check(_ figure: Figure, has names: [String]) {
        for name in names {
            let value = figure.values[name]
            #expect(value.map { $0.isFinite && $0 >= 0 } ?? false, "\(figure.scenario): \(name) is \(value ?? .nan)")
        }
    }

    @Test(
        "prints every figure of every scenario as JSON, with the store's durability beside it",
        arguments: [("memory:", "memory"), ("sqlite:DIRECTORY/bench.db", "sqlite")])
    func everything(_ store: String, _ name: String) throws {
        let figures = try figures(store)
        #expect(
            figures.map(\.scenario) == [
                "idle", "enqueue", "enqueue-64", "enqueue-bulk", "drain", "latency", "http", "http-latency",
            ])
        for figure in figures {
            #expect(figure.store == name)
            #expect(!figure.durability.isEmpty)
            switch figure.scenario {
            case "idle": check(figure, has: ["cpu_percent", "rss_mb"])
            case "latency", "http-latency": check(figure, has: Self.lateness)
            case "http": check(figure, has: Self.throughput + Self.lateness)
            default: check(figure, has: Self.throughput)
            }
        }
    }

    @Test("on Redis says what a job costs the server and leaves nothing there; several rounds end with medians")
    func redis() throws {
        let server = try RedisServer.start()
        let figures = try figures("redis://127.0.0.1:\(server.port)", ["--rounds", "3", "drain", "enqueue-bulk"])
        #expect(figures.map(\.scenario) == Array(repeating: ["drain", "enqueue-bulk"], count: 4).flatMap { $0 })
        #expect(figures.map { $0.values["median_of"] } == Array(repeating: nil, count: 6) + [3, 3])
        for figure in figures { check(figure, has: Self.throughput + Self.redis) }
        // A round trip for each job would be 2 or more; batches as small as these are still far from it.
        let drain = try #require(figures.last { $0.scenario == "drain" })
        #expect(drain.values["scripts/job"].map { $0 < 1 } ?? false)
        #expect(try RedisCommand.run(["DBSIZE"], server).contains(/^(\(integer\) )?0\s*$/))
    }

    @Test("refuses a scenario there is none of, by its name")
    func unknownScenario() throws {
        let directory = try TemporaryDirectory()
        let program = try RoostProgram(["bench", "no-such-thing"], name: "bench", in: directory.path)
        #expect(program.process.wait(milliseconds: 60_000) != 0)
        #expect(program.printed.contains("no scenario no-such-thing"))
    }
}
