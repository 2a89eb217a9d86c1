import RoostJobs

/// The scenarios, in one process: who gives jobs, the store's client, and the node that runs them.
struct Bench {
    let store: any JobStore
    let meter: BenchMeter
    let jobs: Int
    let latencies: Int
    let concurrency: Int
    /// How long an idle node is looked at.
    let idle: Duration

    static let scenarios = ["idle", "enqueue", "enqueue-64", "enqueue-bulk", "drain", "latency", "http"]

    func run(_ scenario: String) async throws -> [BenchFigure] {
        switch scenario {
        case "enqueue":
            return try await enqueue(scenario, jobs / 20) { try await BenchJobs.enqueueOneByOne($0, to: store) }
        case "enqueue-64":
            return try await enqueue(scenario, jobs) { try await BenchJobs.enqueueConcurrently($0, to: store) }
        case "enqueue-bulk":
            return try await enqueue(scenario, jobs) { try await BenchJobs.enqueueInBulk($0, to: store) }
        case "drain":
            try await BenchJobs.enqueueInBulk(jobs, to: store)
            return [try await drain(jobs)]
        case "latency": return [try await latency()]
        case "http": return try await http()
        case "idle": return [try await idleNode()]
        default: throw Failure(.usage, "no scenario \(scenario): \(Self.scenarios.joined(separator: ", "))")
        }
    }

    /// Gives jobs, and has them done afterwards, so that the next scenario begins with none.
    private func enqueue(
        _ scenario: String, _ count: Int, _ body: (Int) async throws -> Void
    ) async throws -> [BenchFigure] {
        let count = max(1, count)
        let figure = try await meter.measure(scenario, jobs: count) { try await body(count) }
        _ = try await drain(count)
        return [figure]
    }

    /// From the first handler's start to the last one's, as peers are measured.
    private func drain(_ count: Int) async throws -> BenchFigure {
        let tally = BenchTally()
        tally.reset(to: count)
        let node = BenchNode(store: store, tally: tally, concurrency: concurrency)
        return try await meter.measure("drain", jobs: count, seconds: { tally.seconds }) {
            try await node.running { await tally.complete() }
        }
    }

    /// One job at a time into an idle cluster: from the call to the handler's start.
    private func latency() async throws -> BenchFigure {
        let tally = BenchTally()
        let warmUp = 50
        tally.reset(to: warmUp)
        try await BenchNode(store: store, tally: tally, concurrency: concurrency).running {
            for round in [warmUp, latencies] {
                tally.reset(to: round)
                for number in 0..<round {
                    _ = try await store.enqueue([BenchJobs.job(number, sent: BenchTally.now)])
                    try await Task.sleep(for: .milliseconds(10))
                }
                await tally.complete()
            }
        }
        return BenchFigure(scenario: "latency", values: tally.quantiles)
    }

    /// Through the API while a node runs what comes: from the request to the handler's start, 64 connections at once,
    /// and then one request at a time.
    private func http() async throws -> [BenchFigure] {
        let tally = BenchTally()
        var figures: [BenchFigure] = []
        try await BenchNode(store: store, tally: tally, concurrency: concurrency).running {
            try await BenchHTTP(store: store).running { post in
                let count = max(BenchJobs.callers, jobs / 10)
                tally.reset(to: count)
                var busy = try await meter.measure("http", jobs: count) {
                    try await BenchJobs.concurrently(count, post)
                    await tally.complete()
                }
                busy.values += tally.quantiles
                tally.reset(to: latencies)
                for number in 0..<latencies {
                    try await post(number)
                    try await Task.sleep(for: .milliseconds(10))
                }
                await tally.complete()
                figures = [busy, BenchFigure(scenario: "http-latency", values: tally.quantiles)]
            }
        }
        return figures
    }

    /// What a node costs that has nothing to do.
    private func idleNode() async throws -> BenchFigure {
        var percent = 0.0
        try await BenchNode(store: store, tally: BenchTally(), concurrency: concurrency).running {
            try await Task.sleep(for: .milliseconds(500))
            let (before, begin) = (try await meter.reading(), BenchTally.now)
            try await Task.sleep(for: idle)
            let (after, end) = (try await meter.reading(), BenchTally.now)
            percent = (after.own - before.own) * 1e11 / Double(max(1, end - begin))
        }
        return BenchFigure(
            scenario: "idle", values: [("cpu_percent", percent), ("rss_mb", BenchMeter.residentMegabytes)])
    }
}
