import Glibc
import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// That nothing costs more because more jobs wait: counted in commands, never timed. `ROOST_SCALE=1000000` for the full
/// depth.
@Suite(.serialized) struct RedisStreamStoreScaleTests {
    private static var depth: Int {
        getenv("ROOST_SCALE").flatMap { Int(String(cString: $0)) }.map { max(2000, $0) } ?? 100_000
    }

    @Test("enqueue, claim, settle, counts and the first page take as many commands in a deep queue as in a shallow one")
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
                // One more where a lane was looked at once more.
                let most = few + few / 10 + 1
                #expect(few > 0 && many <= most, "\(operation): \(few) commands, \(many) in the deep queue")
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

    @Test("many jobs due at once are queued in bounded steps, and claims go on between them")
    func due() async throws {
        try await RedisCase.run { redis in
            // Far enough ahead that all are in the schedule by then, however busy the machine is.
            let start = Timestamp.now().advanced(by: .seconds(5))
            var left = 10_000
            while left > 0 {
                let jobs = (0..<2500).map { _ in NewJob(type: "t", queue: "q", payload: [], start: .at(start)) }
                left -= try await redis.store.enqueue(jobs).count
            }
            var moved = 0
            var claimed = 0
            while moved < 10_000 {
                let step = try await redis.store.promoteDue(limit: 10_000, wait: .seconds(30))
                #expect(step <= 500)
                try #require(step > 0, "there is more that is due")
                moved += step
                claimed += try await redis.store.claims(1).count
            }
            #expect(moved == 10_000 && claimed == 20)
        }
    }

    private func fill(_ redis: RedisCase, to depth: Int) async throws {
        let payload = [UInt8](repeating: 0x20, count: 100)
        while true {
            let missing = depth - (try await redis.store.counts()[.queued])
            if missing <= 0 { return }
            let jobs = (0..<min(missing, 5000)).map { _ in NewJob(type: "t", queue: "q", payload: payload) }
            _ = try await redis.store.enqueue(jobs)
        }
    }

    /// The commands the server carries out for each operation, those of scripts included.
    private func work(_ redis: RedisCase) async throws -> [String: Int] {
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

    private func commands(_ redis: RedisCase, _ body: () async throws -> Void) async throws -> Int {
        try await redis.redis("CONFIG RESETSTAT")
        try await body()
        let info = try await redis.redis("INFO commandstats").text ?? ""
        return info.split(separator: "calls=").dropFirst().reduce(0) { sum, part in
            sum + (Int(part.prefix { $0 != "," }) ?? 0)
        }
    }

    /// The server's memory without the search index.
    private func memory(_ redis: RedisCase) async throws -> Int {
        let info = try await redis.redis("INFO memory").text ?? ""
        let used = info.split(separator: "used_memory:").last.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        return used - Int(clamping: try await redis.count("MEMORY USAGE $all SAMPLES 0") ?? 0)
    }
}
