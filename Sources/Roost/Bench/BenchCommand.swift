import ArgumentParser
import Configuration
import FoundationEssentials
import NIOPosix
import RoostJobs
import RoostRedis

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how fast jobs go through a store, from this machine.",
        discussion: """
            Gives jobs of about 100 bytes and runs a handler that does nothing, with every guarantee in place: leases,
            fencing, stored results. Uses a namespace (or a file) of its own and deletes it afterwards.

            Beside each figure stands how durable the store is. cpu_us/job is this process's processor time (the same
            number is CPU milliseconds per 1,000 jobs), redis_us/job the server's; scripts/job are round trips,
            commands/job count those inside scripts too, bytes/job is the server's memory, net_bytes/job its traffic.
            Latencies run from the call, or the request, to the handler's start.

            roost bench --store redis://127.0.0.1:6379
            roost bench --store sqlite:./bench.db drain latency --json
            """,
        subcommands: [BenchClientCommand.self, BenchWorkerCommand.self, BenchRunCommand.self],
        defaultSubcommand: BenchRunCommand.self)
}

/// The store a benchmark uses.
struct BenchStore: ParsableArguments {
    @Option(help: "The store: redis://HOST:PORT, sqlite:PATH or memory: (the default).")
    var store = "memory:"
    @Option(help: "The namespace on Redis.") var cluster = "roost-bench"

    func open() async throws -> (backend: Backend, redis: RedisClient?) {
        let flags: [String: ConfigValue] = [
            "store": .init(.string(store), isSecret: true), "cluster": .init(.string(cluster), isSecret: false),
            "logLevel": .init(.string("error"), isSecret: false),
        ]
        let settings = try Settings(
            reader: try await SettingsSources.reader(
                flags: flags, file: nil, environment: ProcessInfo.processInfo.environment), defaultStore: .memory)
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = try LoggingSetup.logger(settings)
        let backend = try await Backend.open(settings, group: group, logger: logger)
        guard case .redis(let url) = settings.store else { return (backend, nil) }
        var configuration = try RedisConfiguration(url: url)
        configuration.clusterKey = "{\(cluster)}"
        let redis = RedisClient(configuration: configuration, eventLoopGroup: group, logger: logger)
        return (backend, redis)
    }
}

struct BenchRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Run scenarios and print figures.")

    @OptionGroup var place: BenchStore
    @Option(help: "Jobs a scenario (1,000 to 10,000,000); a tenth through HTTP, a twentieth one by one.")
    var jobs = 100_000
    @Option(help: "Jobs of the latency scenario.") var latencies = 500
    @Option(help: "Jobs the node runs at a time.") var concurrency = 200
    @Option(help: "How often each scenario runs; medians come last.") var rounds = 1
    @Option(help: "Seconds of the idle scenario (1 to 3,600).") var idle = 5
    @Flag(help: "Print JSON, one object a line.") var json = false
    @Argument(help: "idle, enqueue, enqueue-64, enqueue-bulk, drain, latency, http (all of them).")
    var scenarios: [String] = []

    func run() async throws {
        let (backend, redis) = try await place.open()
        let counts = try await backend.store.counts()
        guard counts.total == 0 else {
            throw Failure(
                .configuration, "there are jobs in this namespace: name another with --cluster, or a new file")
        }
        let bench = Bench(
            store: backend.store, meter: BenchMeter(redis: redis), jobs: min(max(1000, jobs), 10_000_000),
            latencies: min(max(10, latencies), 1_000_000), concurrency: min(max(1, concurrency), 10_000),
            idle: .seconds(min(max(1, idle), 3600)))
        do {
            try await run(bench, durability: await backend.store.health().durability)
        } catch {
            try await clear(redis)
            throw error
        }
        try await clear(redis)
        await backend.close()
        await redis?.shutDown()
    }

    private func run(_ bench: Bench, durability: String) async throws {
        let rounds = min(max(1, rounds), 1000)
        var all: [[BenchFigure]] = []
        for round in 0..<rounds {
            var figures: [BenchFigure] = []
            for scenario in scenarios.isEmpty ? Bench.scenarios : scenarios {
                let some = try await bench.run(scenario)
                for figure in some { show(figure, durability) }
                figures += some
            }
            for (place, figure) in figures.enumerated() {
                if round == 0 { all.append([]) }
                all[place].append(figure)
            }
        }
        guard rounds > 1 else { return }
        for figure in all.compactMap(BenchFigure.median) { show(figure, durability) }
    }

    private func show(_ figure: BenchFigure, _ durability: String) {
        if json {
            Console.print(figure.json(store: storeName, durability: durability))
        } else {
            Console.print(figure.line(store: storeName, durability: durability))
        }
    }

    private var storeName: String { String(place.store.prefix { $0 != ":" }) }

    /// Only what this benchmark made: its namespace was empty before.
    private func clear(_ redis: RedisClient?) async throws {
        guard let redis else { return }
        var cursor = "0"
        repeat {
            let reply = try await redis.send(
                RedisCommand("SCAN", cursor, "MATCH", "{\(place.cluster)}:*", "COUNT", "1000"))
            guard let parts = reply.elements, parts.count == 2, let keys = parts[1].elements?.compactMap(\.text) else {
                return
            }
            cursor = parts[0].text ?? "0"
            var unlink = RedisCommand("UNLINK")
            for key in keys { unlink.append(key) }
            if !keys.isEmpty { try await redis.send(unlink) }
        } while cursor != "0"
    }
}
