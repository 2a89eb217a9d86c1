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
        /// Whether Redis is back.
        var isBack = false
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
            for kind in [FaultKind.killRedis, .hangRedis] {
                let row = try await measure(Row(kind: kind.rawValue, outage: outage), kind, cluster, client)
                FigureSheet.add(
                    "Redis \(kind == .killRedis ? "killed" : "frozen") for \(row.outage) s",
                    "jobs taken again after \(ChaosReport.text(row.accepts)), every node runs new ones after "
                        + "\(ChaosReport.text(row.everyoneRuns)), slowest refusal meanwhile "
                        + ChaosReport.text(row.slowestReply), goal: "all resume ≤ 5 s", isMet: row.everyoneRuns <= 5,
                    values: [
                        "kind": .word(row.kind), "outage": .number(row.outage), "accepts": .number(row.accepts),
                        "everyoneRuns": .number(row.everyoneRuns), "slowestReply": .number(row.slowestReply),
                        "taken": .count(row.taken),
                    ])
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
        func item() -> WorkItem {
            number += 1
            return WorkItem(op: "resume-\(kind.rawValue)-\(Int(row.outage * 10))-\(number)", seconds: 0.05)
        }
        /// Several at once: nobody has to wait for another's time-out.
        func ask(_ count: Int) async -> Bool {
            let items = (0..<count).map { _ in item() }
            let answers = await withTaskGroup(of: HistoryEvent.Submit.self) { group in
                for item in items { group.addTask { await client.submit(item) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for submit in answers {
                if case .ok = submit.answer {
                    row.taken += row.isBack ? 0 : 1
                } else {
                    row.slowestReply = max(row.slowestReply, Double(submit.at - submit.sent) / 1_000_000)
                }
            }
            return answers.contains { if case .ok = $0.answer { true } else { false } }
        }
        kind == .killRedis ? cluster.redis.kill() : cluster.redis.pause()
        let end = ContinuousClock.now + .seconds(row.outage)
        while ContinuousClock.now < end - .milliseconds(100) {
            _ = await ask(4)
            try await Task.sleep(for: min(.milliseconds(200), max(.milliseconds(1), end - .now)))
        }
        try await Task.sleep(until: end)
        if kind == .killRedis { try cluster.redis.restart() } else { cluster.redis.resume() }
        let back = HistoryLog.now
        row.isBack = true
        func sinceBack() -> Double { Double(HistoryLog.now - back) / 1_000_000 }
        let everyone = Set(cluster.nodes.compactMap(\.pid))
        while true {
            if await ask(1), row.accepts == 0 { row.accepts = sinceBack() }
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
