import RoostJobs

/// The scenarios, in one process: who gives jobs, the store's client, and the node that runs them.
struct Bench {
    let store: any JobStore
    let meter: BenchMeter
    let jobs: Int
    let latencies: Int
    let concurrency: Int

    static let scenarios = ["enqueue", "enqueue-64", "enqueue-bulk", "drain", "latency"]

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
        let sorted = tally.sorted
        let values = [("p50_ms", 0.5), ("p99_ms", 0.99), ("max_ms", 1)].map {
            (name: $0.0, value: sorted.quantile($0.1) / 1000)
        }
        return BenchFigure(scenario: "latency", values: values)
    }
}
