import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// A Redis that is back and still reads its data: it answers, and refuses everything.
@Suite(.serialized) struct LoadingTests {
    @Test("while Redis loads its data, jobs are refused at once, and everybody goes on by himself when it has")
    func loading() async throws {
        // The real server, made slow: so much for each key, and a look at its clients every kilobyte.
        let redis = try RedisServer.start(
            arguments: ["--appendonly", "yes", "--appendfsync", "always", "--key-load-delay", "200"]
                + ["--loading-process-events-interval-bytes", "1024"])
        let pair = try await WorkerPair(store: redis.url)
        let (client, notebook) = (pair.client, pair.notebook)
        // What it will have to load.
        let count = ChaosOptions.isFull ? 40_000 : 12_000
        let fill = "for i = 1, \(count) do redis.call('SET', 'filling:' .. i, string.rep('x', 400)) end"
        try RedisCommand.run(["EVAL", fill, "0"], redis)
        guard case .ok(let slow) = await client.submit(WorkItem(op: "slow", seconds: 2)).answer else {
            throw Surprise("not taken")
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while try notebook.firstStarts(after: 0).isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        redis.kill()
        let killed = HistoryLog.now
        async let back: Moment = Self.restart(redis)
        var (refusals, sawLoading, accepted) = (Durations(), false, Moment(0))
        while accepted == 0, ContinuousClock.now < deadline {
            sawLoading = try sawLoading || RedisCommand.run(["PING"], redis).contains("LOADING")
            let submit = await client.submit(WorkItem(op: "loading-\(refusals.count)", seconds: 0.05))
            if case .ok = submit.answer {
                accepted = submit.at
            } else {
                refusals.add(Double(submit.at - submit.sent) / 1_000_000)
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        let loaded = try await back
        var both: [Int32: Moment] = [:]
        var number = 0
        while both.count < 2, ContinuousClock.now < deadline {
            number += 1
            // Long enough to fill the first, which is nearest to its own API.
            _ = await client.submit(WorkItem(op: "after-\(number)", seconds: 1))
            both = try notebook.firstStarts(after: loaded)
        }
        #expect(sawLoading && refusals.count > 0 && accepted > 0)
        #expect(both.count == 2)
        var poll = await client.poll(slow)
        while poll?.state != .done, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
            poll = await client.poll(slow)
        }
        // Whoever ran it kept it, and its outcome.
        #expect(poll?.state == .done && poll?.attempt == 1, "\(String(describing: poll))")
        let seconds = { (moment: Moment) in max(0, Double(moment - loaded) / 1_000_000) }
        let all = seconds(both.values.max() ?? 0)
        FigureSheet.add(
            "Redis killed, loading for \(ChaosReport.text(Double(loaded - killed) / 1_000_000))",
            "jobs refused, in \(refusals); taken again after "
                + "\(ChaosReport.text(seconds(accepted))), every node runs new ones after \(ChaosReport.text(all))",
            goal: "refused in 1 s, all resume ≤ 5 s", isMet: refusals.largest <= 1 && all <= 5,
            values: [
                "loading": .number(Double(loaded - killed) / 1_000_000), "refusals": .count(refusals.count),
                "slowestReply": .number(refusals.largest), "accepts": .number(seconds(accepted)),
                "everyoneRuns": .number(all),
            ])
        #expect(try await pair.finish())
    }

    /// When it had loaded.
    @concurrent private static func restart(_ redis: RedisServer) async throws -> Moment {
        try redis.restart()
        return HistoryLog.now
    }
}
