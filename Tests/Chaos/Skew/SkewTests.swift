import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// A step of the Redis server's clock, either way.
@Suite(.serialized) struct SkewTests {
    @Test(
        "a clock that steps ahead, back and home takes no live worker's job, and work goes on",
        .enabled(if: SkewedRedis.obstacle == nil, "\(SkewedRedis.obstacle ?? "")"))
    func steps() async throws {
        let redis = try SkewedRedis()
        let pair = try await WorkerPair(store: redis.url)
        let (client, notebook) = (pair.client, pair.notebook)
        // No step, ahead by two hours, home again, back by an hour, home again.
        for (round, hours) in [0, 2, 0, -1, 0].enumerated() {
            var jobs: [String] = []
            for number in 0..<4 {
                let item = WorkItem(op: "round-\(round)-\(number)", seconds: 6)
                guard case .ok(let job) = await client.submit(item).answer else { throw Surprise("not taken") }
                jobs.append(job)
            }
            let deadline = ContinuousClock.now + .seconds(60)
            func running() throws -> Bool {
                let begun = try notebook.history().compactMap { event -> String? in
                    if case .start(let start) = event { start.job } else { nil }
                }
                return Set(begun).isSuperset(of: jobs)
            }
            while try !running(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
            try redis.set(milliseconds: Int64(hours) * 3_600_000)
            var open = Set(jobs)
            while !open.isEmpty, ContinuousClock.now < deadline {
                for job in open where await client.poll(job)?.state == .done { open.remove(job) }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(open.isEmpty, "not done after a step to \(hours) h: \(open)")
        }
        var starts: [String: Int] = [:]
        for case .start(let start) in try notebook.history() { starts[start.op, default: 0] += 1 }
        let twice = starts.filter { $0.value > 1 }.keys.sorted()
        FigureSheet.add(
            "clock of Redis steps by 2 h and -1 h and home", "\(starts.count) jobs, run again \(twice.count)",
            goal: "0",
            isMet: twice.isEmpty, values: ["jobs": .count(starts.count), "again": .count(twice.count)])
        #expect(starts.count == 20 && twice.isEmpty)
        #expect(try await pair.finish())
    }
}
