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

    @Test("a queue with a number gets slots of its own, the others share the node's")
    func pools() throws {
        let configuration = try NodeConfiguration(
            name: "n", queues: ["media=2", "default", "mail=99999", "low", "media=2"], concurrency: 7
        ).validated()
        #expect(configuration.queues == ["media=2", "default", "mail=10000", "low"])
        #expect(configuration.queueNames == ["media", "default", "mail", "low"])
        #expect(configuration.pools.map(\.name) == [PoolPlan.shared, "media", "mail"])
        #expect(configuration.pools.map(\.queues) == [["default", "low"], ["media"], ["mail"]])
        #expect(configuration.pools.map(\.concurrency) == [7, 2, 10_000])
    }

    @Test("without queues that share there is no shared pool")
    func onlyOwn() throws {
        let configuration = try NodeConfiguration(name: "n", queues: ["shared=3"]).validated()
        #expect(configuration.pools.map(\.name) == ["shared"])
        #expect(configuration.pools.map(\.concurrency) == [3])
    }

    @Test(
        "a queue without a name or with slots that are no number is refused",
        arguments: ["", "=2", "a=", "a=0", "a=-1", "a=+5", "a= 2", "a=2=3", "a=x", "a=99999999999999999999999"])
    func invalidShares(_ text: String) {
        #expect(throws: NodeConfigurationError.invalidQueue(text)) {
            try NodeConfiguration(name: "n", queues: [text]).validated()
        }
    }

    @Test("a queue with two numbers is refused")
    func ambiguous() {
        #expect(throws: NodeConfigurationError.ambiguousQueue("a")) {
            try NodeConfiguration(name: "n", queues: ["a=2", "a"]).validated()
        }
    }

    @Test("a notice outlives the wait for the next one")
    func announcing() throws {
        let configuration = try NodeConfiguration(
            name: "n", cancelGrace: .seconds(-1), announceEvery: .seconds(10), announceTTL: .zero
        ).validated()
        #expect(configuration.announceTTL == .seconds(30))
        #expect(configuration.cancelGrace == .zero)
    }
}
