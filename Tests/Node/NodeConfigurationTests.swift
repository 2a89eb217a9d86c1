import RoostJobs
import RoostNode
import Testing

@Suite("a node's configuration")
struct NodeConfigurationTests {
    @Test("numbers are brought within their limits")
    func clamps() throws {
        let (never, always) = (Duration.seconds(-1), Duration.seconds(Int64.max))
        let low = try NodeConfiguration(
            name: "n", concurrency: .min, claimBatch: .min, claimWait: never, lease: never, extendEvery: never,
            sweep: never, prune: never, drain: never, handBack: never, maxCrashes: .min
        ).validated()
        #expect(low.concurrency == 1 && low.claimBatch == 1 && low.maxCrashes == 1)
        #expect(low.lease == .milliseconds(100) && low.extendEvery == .milliseconds(10) && low.drain == .zero)
        let high = try NodeConfiguration(
            name: "n", concurrency: .max, claimBatch: .max, claimWait: always, lease: always, extendEvery: always,
            sweep: always, prune: always, drain: always, handBack: always, maxCrashes: .max
        ).validated()
        #expect(high.concurrency == 10_000 && high.claimBatch == 200 && high.maxCrashes == 1000)
        #expect(high.lease == .seconds(3600) && high.extendEvery == .seconds(1800) && high.drain == .seconds(86_400))
    }

    @Test("names that stores and logs cannot bear are refused")
    func names() {
        #expect(throws: NodeConfigurationError.invalidName("a b")) { try NodeConfiguration(name: "a b").validated() }
        #expect(throws: NodeConfigurationError.invalidName("")) { try NodeConfiguration(name: "").validated() }
        #expect(throws: NodeConfigurationError.invalidQueue("a b")) {
            try NodeConfiguration(name: "n", queues: ["ok", "a b"]).validated()
        }
        #expect(throws: NodeConfigurationError.invalidQueueCount(0)) {
            try NodeConfiguration(name: "n", queues: []).validated()
        }
        #expect(throws: NodeConfigurationError.invalidIncarnation("#")) {
            try NodeConfiguration(name: "n", incarnation: "#").validated()
        }
    }

    @Test("a queue named twice is asked once, and each run of a node has a worker name of its own")
    func queuesAndWorker() throws {
        let configuration = try NodeConfiguration(name: "n", queues: ["a", "b", "a"]).validated()
        #expect(configuration.queues == ["a", "b"])
        #expect(configuration.worker != NodeConfiguration(name: "n").worker)
        #expect(configuration.worker.hasPrefix("n#"))
    }
}
