import Glibc
import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// That nothing costs more because more jobs wait: counted in commands and bytes, never timed. `ROOST_SCALE=100000` where
/// memory is short: nearly a million jobs, as many as a queue takes, are half a gigabyte.
@Suite(.serialized) struct RedisStreamStoreScaleTests {
    private static var depth: Int {
        getenv("ROOST_SCALE").flatMap { Int(String(cString: $0)) }.map { max(2000, $0) } ?? 999_000
    }

    @Test("a store filled by copying its jobs on the server is as one that was given them", arguments: [false, true])
    func copies(isScheduled: Bool) async throws {
        try await RedisCase.run { redis in
            var job = Self.job
            if isScheduled { job.start = .after(.seconds(3600)) }
            try await redis.fill(isScheduled ? .scheduled : .queued, to: 1000, like: job)
            let report = try await redis.store.check(repair: false)
            #expect(report.findings == [] && report.jobs == 1000)
            #expect(try await redis.store.list(JobQuery(limit: 200)).jobs.count == 200)
            guard !isScheduled else { return }
            #expect(Set(try await redis.store.claims(500).map(\.job.id)).count == 500)
            #expect(try await redis.store.check(repair: false).findings == [])
        }
    }

    @Test("enqueue, claim, settle, counts and the first page ask for as much in a deep queue as in a shallow one")
    func commands() async throws {
        try await RedisCase.run { redis in
            try await fill(redis, to: 1000)
            // Once unmeasured: scripts are loaded, the group is made.
            _ = try await work(redis)
            let shallow = try await work(redis)
            try await fill(redis, to: Self.depth)
            let deep = try await work(redis)
            for (operation, few) in shallow {
                let many = try #require(deep[operation])
                // One more where a lane was looked at once more; longer numbers and payloads are more bytes.
                #expect(
                    few.commands > 0 && many.commands <= few.commands + few.commands / 10 + 1,
                    "\(operation): \(few.commands) commands, \(many.commands) in the deep queue")
                #expect(
                    many.bytes <= few.bytes + few.bytes / 10 + 8000,
                    "\(operation): \(few.bytes) bytes, \(many.bytes) in the deep queue")
            }
        }
    }

    @Test("a word of the search index takes at most 160 bytes a job, however many have it", arguments: [1, 50, 2000])
    func words(jobs: Int) async throws {
        try await RedisCase.run { redis in
            let jobs = (0..<2000).map { number in
                var job = NewJob(type: "t", queue: "q", payload: [])
                job.terms = ["user_id": String(100_000 + number / jobs)]
                return job
            }
            _ = try await redis.store.enqueue(jobs)
            var bytes: Int64 = 0
            for key in try await redis.redis("KEYS $t:*").elements ?? [] {
                let name = key.text ?? ""
                bytes += try await redis.count("MEMORY USAGE \(name) SAMPLES 0") ?? 0
            }
            #expect(bytes > 0 && bytes / 2000 <= 160, "\(bytes / 2000) bytes")
        }
    }

    @Test("a queued job with a payload of 100 bytes takes at most 400 bytes, its place in the search index apart")
    func memory() async throws {
        try await RedisCase.run { redis in
            try await fill(redis, to: 1000)
            let before = try await memory(redis)
            let jobs = Self.depth - 1000
            try await fill(redis, to: Self.depth)
            let each = (try await memory(redis) - before) / jobs
            #expect(each <= 400, "\(each) bytes a job")
        }
    }

    @Test("a hundred thousand jobs due at once are queued in bounded steps, and claims between them cost as ever")
    func due() async throws {
        let count = min(Self.depth, 100_000)
        try await RedisCase.run { redis in
            // Ahead, so that all are in the schedule by then; what is asked for waits as long as it must.
            let start = Timestamp.now().advanced(by: .seconds(10))
            var job = Self.job
            job.start = .at(start)
            try await redis.fill(.scheduled, to: count, like: job)
            var (moved, claimed) = (0, 0)
            var steps: [Int] = []
            var claims: [Int] = []
            while moved < count {
                var step = 0
                let cost = try await commands(redis) {
                    step = try await redis.store.promoteDue(limit: 10_000, wait: .seconds(60))
                }
                #expect(step <= 500)
                try #require(step > 0, "there is more that is due")
                moved += step
                // The first waited, and looked more than once.
                if moved > 500, step == 500 { steps.append(cost.commands) }
                let claim = try await commands(redis) { claimed += try await redis.store.claims(1).count }
                claims.append(claim.commands)
            }
            #expect(moved == count && claimed == (count + 499) / 500)
            // Each command is one script, which keeps the server to itself as long as it takes.
            let (least, most) = (steps.min() ?? 0, steps.max() ?? .max)
            #expect(most <= 10 * 500 && most <= least + least / 10 + 1, "\(least) to \(most) commands a step")
            #expect((claims.dropFirst().max() ?? .max) <= 40, "\(claims.max() ?? 0) commands a claim")
        }
    }

    private static let job = NewJob(type: "t", queue: "q", payload: [UInt8](repeating: 0x20, count: 100))

    private func fill(_ redis: RedisCase, to depth: Int) async throws {
        var job = Self.job
        job.id = JobIDGenerator.shared.next()
        try await redis.fill(.queued, to: depth, like: job)
    }

    /// The commands the server carries out for each operation, those of scripts included.
    private func work(_ redis: RedisCase) async throws -> [String: Work] {
        let store = redis.store
        var claims: [Claim] = []
        return [
            "enqueue": try await commands(redis) { _ = try await store.enqueue(count: 100) },
            "claim": try await commands(redis) { claims = try await store.claims(100) },
            "claim one": try await commands(redis) { claims.append(try await store.claim1()) },
            "settle": try await commands(redis) {
                for claim in claims.prefix(20) { _ = try await store.settle(claim.ticket, .done) }
            },
            "retry": try await commands(redis) {
                for claim in claims.dropFirst(20) {
                    _ = try await store.settle(claim.ticket, .retry(after: .zero, error: "e"))
                }
            },
            "counts": try await commands(redis) { _ = try await store.counts() },
            "first page": try await commands(redis) { _ = try await store.list(JobQuery()) },
            "one job": try await commands(redis) { _ = try await store.job(claims[0].job.id) },
            "promote": try await commands(redis) { _ = try await store.promoteDue(limit: 500, wait: .zero) },
        ]
    }

    /// What was asked of the server.
    private struct Work {
        var commands = 0
        /// Sent and received, the readings' own included.
        var bytes = 0
    }

    private func commands(_ redis: RedisCase, _ body: () async throws -> Void) async throws -> Work {
        try await redis.redis("CONFIG RESETSTAT")
        try await body()
        let info = try await redis.redis("INFO everything").text ?? ""
        var work = Work()
        for line in info.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("cmdstat_"), !line.hasPrefix("cmdstat_ping"),
                let calls = line.split(separator: "=").dropFirst().first
            {
                work.commands += Int(calls.prefix { $0 != "," }) ?? 0
            } else if line.hasPrefix("total_net_"), let number = line.split(separator: ":").last {
                work.bytes += Int(number.prefix { $0.isNumber }) ?? 0
            }
        }
        return work
    }

    /// The server's memory without the search index.
    private func memory(_ redis: RedisCase) async throws -> Int {
        let info = try await redis.redis("INFO memory").text ?? ""
        let used = info.split(separator: "used_memory:").last.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        return used - Int(clamping: try await redis.count("MEMORY USAGE $all SAMPLES 0") ?? 0)
    }
}
