import FoundationEssentials
import NIOHTTP1
import RoostProcessKit
import RoostTestKit
import Testing

/// Long at half of what it can: nothing grows, and nothing is left over.
@Suite(.serialized) struct SoakTests {
    private static let seconds = ProcessInfo.processInfo.environment["ROOST_SOAK_SECONDS"].flatMap { Int($0) }

    /// What a process takes at a moment.
    private struct Sample: Encodable {
        let member: String
        let second: Double
        let residentKilobytes: Int
        let descriptors: Int
    }

    private struct Figures: Encodable {
        var seconds = 0
        var jobs = 0
        var samples: [Sample] = []
        /// Kilobytes an hour, in the second half.
        var slopes: [String: Double] = [:]
        var leftOver: [String: Int] = [:]
    }

    @Test(
        "memory and descriptors do not grow, and after the last job nothing is left in the ledger",
        .enabled(if: seconds != nil, "only in make soak"))
    func soak() async throws {
        let seconds = Self.seconds ?? 0
        let cluster = try await ClusterUnderTest()
        let client = JobClient(base: cluster.balancer.url)
        _ = try await client.insist(.GET, "/livez")
        var figures = Figures()
        figures.seconds = seconds
        let start = ContinuousClock.now
        async let jobs = work(client, until: start + .seconds(seconds))
        while ContinuousClock.now < start + .seconds(seconds) {
            figures.samples += Self.samples(of: cluster, at: (ContinuousClock.now - start) / .seconds(1))
            try await Task.sleep(for: .seconds(min(30, max(2, Double(seconds) / 40))))
        }
        figures.jobs = await jobs
        figures.leftOver = try await leftOver(cluster)
        let stats = (try? await client.request(.GET, "/stats")).map { String(decoding: $0.bytes, as: UTF8.self) } ?? "-"
        await client.close()
        for member in cluster.everyone {
            let own = figures.samples.filter { $0.member == member.name && $0.second > Double(seconds) / 2 }
            figures.slopes[member.name] = Self.slope(own)
            let first = own.first
            let slope = figures.slopes[member.name] ?? 0
            FigureSheet.add(
                "soak, \(seconds) s: \(member.name)",
                "\(first?.residentKilobytes ?? 0) kB at half time, \(own.last?.residentKilobytes ?? 0) kB at the end, "
                    + "slope \(Int(slope.rounded())) kB an hour, descriptors \(first?.descriptors ?? 0) and "
                    + "\(own.last?.descriptors ?? 0)",
                values: [
                    "half": .count(first?.residentKilobytes ?? 0), "end": .count(own.last?.residentKilobytes ?? 0),
                    "slope": .number(slope), "descriptorsAtHalf": .count(first?.descriptors ?? 0),
                    "descriptors": .count(own.last?.descriptors ?? 0),
                ])
            // A leak of what each job takes shows in far less; the rest is noise of short runs.
            #expect((own.last?.residentKilobytes ?? 0) - (first?.residentKilobytes ?? 0) < 32_000)
            #expect((own.last?.descriptors ?? 0) - (first?.descriptors ?? 0) < 20)
        }
        let left = figures.leftOver.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let isDrained = !figures.leftOver.isEmpty && figures.leftOver.values.allSatisfy { $0 == 0 }
        FigureSheet.add(
            "soak, \(seconds) s: \(figures.jobs) jobs, left in the ledger", left, goal: "0", isMet: isDrained,
            values: figures.leftOver.mapValues { .count($0) }.merging(["jobs": .count(figures.jobs)]) { $1 })
        try ChaosReport.keep(figures, as: "soak")
        #expect(figures.jobs > 0 && figures.leftOver.values.allSatisfy { $0 == 0 }, "\(figures.leftOver) \(stats)")
        #expect(try await cluster.finish() == [])
    }

    /// Four clients give jobs of every kind; how many were taken.
    private func work(_ client: JobClient, until end: ContinuousClock.Instant) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    var taken = 0
                    var count = 0
                    while ContinuousClock.now < end {
                        count += 1
                        let item = WorkItem(op: "soak-\(lane)-\(count)", seconds: 0.01, ttl: 3)
                        if case .ok = await client.submit(item).answer { taken += 1 }
                        try? await Task.sleep(for: .milliseconds(15))
                    }
                    return taken
                }
            }
            return await group.reduce(0, +)
        }
    }

    /// What is still in the ledger once all is done and its time to live is over.
    private func leftOver(_ cluster: ClusterUnderTest) async throws -> [String: Int] {
        let script = """
            local left = {jobs = redis.call('ZCARD', '{roost}:all'), leases = redis.call('ZCARD', '{roost}:leases'), \
            scheduled = redis.call('ZCARD', '{roost}:scheduled'), entries = 0, pending = 0}
            for _, key in ipairs(redis.call('KEYS', '{roost}:q:*')) do
              left.entries = left.entries + redis.call('XLEN', key)
              for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do left.pending = left.pending + group[6] end
            end
            local out = {}
            for name, count in pairs(left) do out[#out + 1] = name .. '=' .. count end
            return out
            """
        var left: [String: Int] = [:]
        let deadline = ContinuousClock.now + .seconds(60)
        repeat {
            try await Task.sleep(for: .milliseconds(500))
            left = [:]
            for word in try RedisCommand.run(["EVAL", script, "0"], cluster.redis).split(whereSeparator: \.isWhitespace)
            {
                let pair = word.split(separator: "=")
                if pair.count == 2, let count = Int(pair[1].prefix { $0.isNumber }) {
                    left[String(pair[0].drop { !$0.isLetter })] = count
                }
            }
        } while (left.isEmpty || left.values.contains { $0 != 0 }) && ContinuousClock.now < deadline
        return left
    }

    private static func samples(of cluster: ClusterUnderTest, at second: Double) -> [Sample] {
        cluster.everyone.compactMap { member in
            guard let pid = member.pid else { return nil }
            let status = TestOutput.text("/proc/\(pid)/status").split(separator: "\n")
            let line = status.first { $0.hasPrefix("VmRSS:") }?.split(whereSeparator: \.isWhitespace)
            let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd"))?.count
            return Sample(
                member: member.name, second: second,
                residentKilobytes: line.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0, descriptors: open ?? 0)
        }
    }

    /// The line through the samples that lies best, kilobytes an hour.
    private static func slope(_ samples: [Sample]) -> Double {
        guard samples.count > 1 else { return 0 }
        let count = Double(samples.count)
        let (x, y) = (samples.map(\.second), samples.map { Double($0.residentKilobytes) })
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        let over = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let under = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        return under == 0 ? 0 : over / under * 3600
    }
}
