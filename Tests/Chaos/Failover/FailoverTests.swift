import RoostTestKit
import Testing

/// A master is killed under load: who follows the one that takes over, and what it has of what was acknowledged.
@Suite(.serialized) struct FailoverTests {
    private static let durable = ["--appendonly", "yes", "--appendfsync", "always"]
    /// What is promised is five seconds; a loaded machine gets three times that.
    private static let resume = 15.0

    @Test(
        "with Sentinel, a killed master is replaced under everybody, and the jobs it had handed on all end",
        arguments: ["", "?wait=1"])
    func sentinel(options: String) async throws {
        let deployment = try await SentinelDeployment(arguments: Self.durable)
        defer { deployment.kill() }
        try await perform(
            FailoverRun(
                servers: .sentinel(deployment), name: "sentinel\(options.isEmpty ? "" : " wait 1")", options: options),
            isConfirmed: !options.isEmpty)
    }

    @Test(
        "in a Redis Cluster, a killed owner of the slot is replaced under everybody, and the jobs it had handed on all end",
        arguments: ["", "?wait=1"])
    func cluster(options: String) async throws {
        let deployment = try await ClusterDeployment(arguments: Self.durable)
        defer { deployment.kill() }
        try await perform(
            FailoverRun(
                servers: .cluster(deployment), name: "cluster\(options.isEmpty ? "" : " wait 1")", options: options,
                needsFormer: !options.isEmpty),
            isConfirmed: !options.isEmpty)
    }

    private func perform(_ run: FailoverRun, isConfirmed: Bool) async throws {
        var run = run
        if ChaosOptions.isFull { run.kills = 3 }
        let rows = try await run.perform()
        for row in rows {
            ChaosReport.print(row.text)
            #expect(row.accepts < Self.resume && row.everyoneRuns < Self.resume && row.everyoneBeats < Self.resume)
            #expect(row.lostLongBefore == 0 && row.stuck == 0)
            if isConfirmed { #expect(row.lost == 0) }
            #expect(!row.fsck.hasPrefix("not clean"), "\(row.fsck)")
        }
        try ChaosReport.keep(rows, as: "failover \(run.name)".split(separator: " ").joined(separator: "-"))
    }
}
