import NIOHTTP1
import RoostProcessKit
import RoostTestKit
import Testing

/// How soon everybody works again after an outage of Redis.
@Suite(.serialized) struct ResumeTests {
    private struct Row: Encodable {
        let kind: String
        let outage: Double
        /// The slowest reply while Redis was away, seconds, and how many jobs were said to be taken in that time.
        var slowestReply = 0.0
        var taken = 0
        /// From the return of Redis to the first job that is taken, and until every node has begun a new one.
        var accepts = 0.0
        var everyoneRuns = 0.0
    }

    @Test(
        "after an outage of Redis of any length, everybody works again without a restart",
        .enabled(if: ChaosOptions.isFull, "only in make chaos"))
    func resume() async throws {
        let cluster = try await ClusterUnderTest()
        let client = JobClient(base: cluster.balancer.url)
        var rows: [Row] = []
        for outage in ChaosOptions.outages {
            for kind in [FaultKind.killRedis, .hangRedis] where kind == .killRedis || outage < 20 {
                let row = try await measure(Row(kind: kind.rawValue, outage: outage), kind, cluster, client)
                ChaosReport.print(
                    "outage \(kind) of \(row.outage) s: slowest reply \(ChaosReport.text(row.slowestReply)), taken again "
                        + "after \(ChaosReport.text(row.accepts)), every node runs after "
                        + ChaosReport.text(row.everyoneRuns))
                #expect(row.everyoneRuns < 15)
                rows.append(row)
            }
        }
        await client.close()
        try ChaosReport.keep(rows, as: "resume")
        #expect(try await cluster.finish() == [])
    }

    private func measure(
        _ row: Row, _ kind: FaultKind, _ cluster: ClusterUnderTest, _ client: JobClient
    ) async throws -> Row {
        var row = row
        var number = 0
        func ask() async -> Bool {
            number += 1
            let op = "resume-\(kind.rawValue)-\(Int(row.outage * 10))-\(number)"
            let submit = await client.submit(WorkItem(op: op, seconds: 0.05))
            if case .ok = submit.answer { return true }
            row.slowestReply = max(row.slowestReply, Double(submit.at - submit.sent) / 1_000_000)
            return false
        }
        kind == .killRedis ? cluster.redis.kill() : cluster.redis.pause()
        let end = ContinuousClock.now + .seconds(row.outage)
        while ContinuousClock.now < end - .milliseconds(100) {
            if await ask() { row.taken += 1 }
            try await Task.sleep(for: min(.milliseconds(200), max(.milliseconds(1), end - .now)))
        }
        try await Task.sleep(until: end)
        if kind == .killRedis { try cluster.redis.restart() } else { cluster.redis.resume() }
        let back = HistoryLog.now
        func sinceBack() -> Double { Double(HistoryLog.now - back) / 1_000_000 }
        let everyone = Set(cluster.nodes.compactMap(\.pid))
        while true {
            if await ask(), row.accepts == 0 { row.accepts = sinceBack() }
            let first = try cluster.notebook.firstStarts(after: back)
            if everyone.isSubset(of: first.keys) {
                row.everyoneRuns = Double((first.values.max() ?? back) - back) / 1_000_000
                return row
            }
            guard sinceBack() < 60 else { throw Surprise("somebody does not come back after \(row.outage) s") }
            try await Task.sleep(for: .milliseconds(30))
        }
    }
}
