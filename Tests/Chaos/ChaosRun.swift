import FoundationEssentials
import NIOHTTP1
import RoostProcessKit
import RoostTestKit

/// One run: a cluster, clients, a nemesis, and the judgement of what was seen.
struct ChaosRun {
    var seed: UInt64 = ChaosOptions.seed
    var seconds = 10
    var clients = 3
    var kinds = FaultKind.allCases
    var hasLong = false
    /// What is done instead of what the seed says; over and over.
    var steps: [NemesisStep] = []
    /// What its figures are called.
    var name = "chaos"
    /// How long everything may take to end once the system is whole.
    var quiet = 120

    /// Runs to the end.
    func perform(on cluster: ClusterUnderTest) async throws -> HistoryChecker {
        let log = HistoryLog()
        let client = JobClient(base: cluster.balancer.url)
        do {
            _ = try await client.insist(.GET, "/livez")
            let workload = Workload(client: client, log: log, seed: seed)
            let end = ContinuousClock.now + .seconds(seconds)
            let plan = NemesisPlan(seed: seed, kinds: kinds, hasLong: hasLong, steps: steps)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await workload.run(clients: clients, until: end) }
                group.addTask { try await Nemesis(cluster: cluster, log: log).run(plan, until: end) }
                try await group.waitForAll()
            }
            let notebook = cluster.notebook
            _ = try await workload.settle(also: { try Self.jobs(in: notebook) }, seconds: quiet)
            for event in try notebook.history() { log.add(event) }
            await client.close()
        } catch {
            await client.close()
            throw error
        }
        let checker = HistoryChecker(log.all, lease: ClusterUnderTest.lease)
        try ChaosReport.keep(log, checker, name, seed: seed)
        return checker
    }

    private static func jobs(in notebook: Notebook) throws -> Set<String> {
        Set(try notebook.history().compactMap { if case .start(let start) = $0 { start.job } else { nil } })
    }
}
