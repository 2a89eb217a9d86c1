import ArgumentParser
import Glibc
import RoostJobs
import RoostRedis

/// What a harness that measures many job systems calls to give jobs.
struct BenchClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Give jobs and print RESULT {…}: enqueue N, bulk N, concurrent N, latency N MS.",
        shouldDisplay: false)

    @OptionGroup var place: BenchStore
    @Argument var mode: String
    @Argument var count: Int
    @Argument var gap = 10

    func run() async throws {
        let (backend, redis) = try await place.open()
        let count = min(max(1, count), 10_000_000)
        let begin = BenchTally.now
        switch mode {
        case "enqueue": try await BenchJobs.enqueueOneByOne(count, to: backend.store)
        case "concurrent": try await BenchJobs.enqueueConcurrently(count, to: backend.store)
        case "bulk": try await BenchJobs.enqueueInBulk(count, to: backend.store)
        case "latency":
            for number in 0..<count {
                _ = try await backend.store.enqueue([BenchJobs.job(number, sent: BenchTally.now)])
                try await Task.sleep(for: .milliseconds(min(max(0, gap), 60_000)))
            }
        default: throw Failure(.usage, "modes: enqueue, concurrent, bulk, latency")
        }
        Console.print("RESULT {\"n\":\(count),\"secs\":\(Double(BenchTally.now - begin) / 1e9)}")
        await backend.close()
        await redis?.shutDown()
    }
}

/// What such a harness calls to have them done; until a signal.
struct BenchWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run the jobs of `bench client`, counting them in a slot file.",
        shouldDisplay: false)

    @OptionGroup var place: BenchStore
    @Option var slot: String
    @Option var latencies: String?
    @Option var concurrency = 200

    func run() async throws {
        let (backend, redis) = try await place.open()
        let slot = try BenchSlot(prefix: slot, latencies: latencies?.isEmpty == true ? nil : latencies)
        let tally = BenchTally { slot.start($0, $1) }
        var node = BenchNode(store: backend.store, tally: tally, concurrency: min(max(1, concurrency), 10_000))
        // As the other systems' handlers: they return nothing.
        node.returnsPayload = false
        // Until it is ended from outside: the harness measures, and this process has nothing to say at its end.
        try await node.running { await tally.complete() }
        await backend.close()
        await redis?.shutDown()
    }
}
