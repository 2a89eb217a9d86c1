import FoundationEssentials
import Glibc
import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Synchronization
import Testing

/// What was acknowledged is there, whatever was killed in mid-write.
@Suite(.serialized) struct DurabilityTests {
    /// Clients that give jobs to a queue that nobody serves, and what they were told.
    private final class Writers: Sendable {
        private let acknowledged = Mutex<[String]>([])
        private let isOver = Mutex(false)

        var jobs: [String] { acknowledged.withLock { $0 } }

        func write(to client: JobClient, round: Int) async {
            isOver.withLock { $0 = false }
            await withTaskGroup(of: Void.self) { group in
                for lane in 0..<4 {
                    group.addTask {
                        var count = 0
                        while !self.isOver.withLock({ $0 }) {
                            count += 1
                            let op = "write-\(round)-\(lane)-\(count)"
                            let answer = await client.submit(WorkItem(op: op, seconds: 0, queue: "kept")).answer
                            guard case .ok(let job) = answer else { return }
                            self.acknowledged.withLock { $0.append(job) }
                        }
                    }
                }
            }
        }

        func stop() { isOver.withLock { $0 = true } }

        /// Waits until so many more were acknowledged.
        func grow(by count: Int, from start: Int) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while jobs.count < start + count {
                guard ContinuousClock.now < deadline else { throw Surprise("no job is taken") }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }

    /// Those of the jobs that are not there.
    private func missing(_ jobs: [String], _ client: JobClient) async throws -> [String] {
        var missing: [String] = []
        for job in jobs {
            var poll = await client.poll(job)
            for _ in 0..<100 where poll == nil {
                try await Task.sleep(for: .milliseconds(100))
                poll = await client.poll(job)
            }
            if poll?.state == nil { missing.append(job) }
        }
        return missing
    }

    private struct Figures: Encodable {
        let store: String
        let kills: Int
        let acknowledged: Int
        let missing: Int
    }

    private func show(_ store: String, _ jobs: [String], _ missing: [String]) throws {
        let kills = ChaosOptions.writeKills
        ChaosReport.print(
            "durability \(store): \(kills) kills in mid-write, \(jobs.count) acknowledged, \(missing.count) missing")
        try ChaosReport.keep(
            Figures(store: store, kills: kills, acknowledged: jobs.count, missing: missing.count),
            as: "durability-\(store)")
        #expect(missing.isEmpty)
    }

    @Test("a process on SQLite that is killed in mid-write has every acknowledged job when it is back")
    func sqlite() async throws {
        let directory = try TemporaryDirectory()
        let store = "sqlite:\(directory.path)/roost.db"
        let writers = Writers()
        var generator = SeededGenerator(seed: ChaosOptions.seed)
        var lost: [String] = []
        for round in 0...ChaosOptions.writeKills {
            let program = try RoostProgram(
                ["up", "--store", store, "--port", "0", "--mesh-port", "0", "--console-port", "0"], name: "up",
                in: directory.path)
            guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
            let client = JobClient(base: base)
            let known = writers.jobs
            // At the end all, after each kill the newest.
            lost += try await missing(round == ChaosOptions.writeKills ? known : known.suffix(40), client)
            if round < ChaosOptions.writeKills {
                async let writing: Void = writers.write(to: client, round: round)
                try await writers.grow(by: Int.random(in: 5...60, using: &generator), from: known.count)
                program.process.signal(SIGKILL)
                writers.stop()
                await writing
            } else {
                #expect(try program.stop() == 0)
            }
            await client.close()
        }
        try show("sqlite", writers.jobs, Array(Set(lost)))
        let check = try RoostProgram(["fsck", "--store", store], name: "fsck", in: directory.path)
        let status = check.process.wait(milliseconds: 60_000)
        #expect(status == 0 && check.printed.contains("all fits"), "\(check.printed)")
    }

    @Test("a Redis that syncs each write and is killed in mid-write has every acknowledged job when it is back")
    func redis() async throws {
        let directory = try TemporaryDirectory()
        let redis = try RedisServer.start(arguments: ["--appendonly", "yes", "--appendfsync", "always"])
        let program = try RoostProgram(
            ["api", "--store", redis.url, "--port", "0", "--mesh-port", "0"], name: "api", in: directory.path)
        guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
        let client = JobClient(base: base)
        let writers = Writers()
        var generator = SeededGenerator(seed: ChaosOptions.seed)
        var lost: [String] = []
        for round in 0..<ChaosOptions.writeKills {
            let known = writers.jobs
            async let writing: Void = writers.write(to: client, round: round)
            try await writers.grow(by: Int.random(in: 5...60, using: &generator), from: known.count)
            redis.kill()
            writers.stop()
            await writing
            try redis.restart()
            _ = try await client.insist(.GET, "/stats")
            lost += try await missing(writers.jobs.suffix(40), client)
        }
        lost += try await missing(writers.jobs, client)
        await client.close()
        try show("redis", writers.jobs, Array(Set(lost)))
        #expect(try program.stop() == 0)
    }
}
