import NIOHTTP1
import RoostJobs
import RoostTestKit
import Synchronization

/// Clients that give jobs, cancel some, pause a queue, and look at what became of them; all of it is in the history.
final class Workload: Sendable {
    private let client: JobClient
    private let log: HistoryLog
    private let seed: UInt64
    private let known = Mutex<[String]>([])

    init(client: JobClient, log: HistoryLog, seed: UInt64) {
        self.client = client
        self.log = log
        self.seed = seed
    }

    /// The jobs that were accepted.
    var jobs: [String] { known.withLock { $0 } }

    /// Works until the time is over.
    func run(clients: Int, until end: ContinuousClock.Instant) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<clients { group.addTask { try await self.give(number, until: end) } }
            for number in 0..<2 { group.addTask { try await self.look(number, until: end) } }
            group.addTask { try await self.hold(until: end) }
            try await group.waitForAll()
        }
    }

    private func give(_ number: Int, until end: ContinuousClock.Instant) async throws {
        var generator = SeededGenerator(seed: seed &* 1000 &+ UInt64(number))
        var count = 0
        try await withThrowingTaskGroup(of: Void.self) { group in
            while ContinuousClock.now < end {
                count += 1
                let item = WorkItem(op: "op-\(number)-\(count)", using: &generator)
                if let job = try await submit(item), let after = item.cancelAfter {
                    group.addTask {
                        try await Task.sleep(for: .seconds(after))
                        self.log.add(.cancel(await self.client.cancel(job)))
                    }
                }
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...90, using: &generator)))
            }
            try await group.waitForAll()
        }
    }

    /// Sends a job, with a key until there is an answer.
    func submit(_ item: WorkItem) async throws -> String? {
        for _ in 0..<100 {
            let submit = await client.submit(item)
            log.add(.submit(submit))
            switch submit.answer {
            case .ok(let job):
                known.withLock { $0.append(job) }
                return job
            case .refused: return nil
            case .unknown:
                guard item.hasKey else { return nil }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        return nil
    }

    /// Looks at jobs, most often at new ones.
    private func look(_ number: Int, until end: ContinuousClock.Instant) async throws {
        var generator = SeededGenerator(seed: seed &* 7919 &+ UInt64(number))
        while ContinuousClock.now < end {
            let job = known.withLock { jobs in
                Bool.random(using: &generator)
                    ? jobs.suffix(100).randomElement(using: &generator) : jobs.randomElement(using: &generator)
            }
            if let job, let poll = await client.poll(job) { log.add(.poll(poll)) }
            try await Task.sleep(for: .milliseconds(15))
        }
    }

    /// Pauses a queue and resumes it.
    private func hold(until end: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < end {
            if let paused = try await client.insist(.POST, "/queues/held/pause") {
                try await Task.sleep(for: .milliseconds(1500))
                let sent = HistoryLog.now
                _ = try await client.insist(.POST, "/queues/held/resume")
                log.add(.pause(queue: "held", acknowledged: paused.at, resumed: sent))
            }
            try await Task.sleep(for: .milliseconds(1500))
        }
        _ = try await client.insist(.POST, "/queues/held/resume")
    }

    /// Looks at everything until it has ended, for at most so long.
    /// - Returns: what has not.
    func settle(also others: () throws -> Set<String>, seconds: Int) async throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var left = Set(jobs)
        var ended: Set<String> = []
        repeat {
            left.formUnion(try others().subtracting(ended))
            left.formUnion(try await listed().subtracting(ended))
            let over = try await finals(of: left)
            left.subtract(over)
            ended.formUnion(over)
            if left.isEmpty { return [] }
            try await Task.sleep(for: .milliseconds(200))
        } while ContinuousClock.now < deadline
        return left.sorted()
    }

    /// Looks at each of them once; those that have ended.
    private func finals(of jobs: Set<String>) async throws -> Set<String> {
        let jobs = jobs.sorted()
        return await withTaskGroup(of: Set<String>.self) { group in
            let lanes = 8
            for lane in 0..<lanes {
                group.addTask {
                    var over: Set<String> = []
                    for index in stride(from: lane, to: jobs.count, by: lanes) {
                        guard let poll = await self.client.poll(jobs[index]) else { continue }
                        self.log.add(.poll(poll))
                        if poll.state?.isFinal ?? true { over.insert(jobs[index]) }
                    }
                    return over
                }
            }
            return await group.reduce(into: []) { $0.formUnion($1) }
        }
    }

    /// Every job the API lists.
    private func listed() async throws -> Set<String> {
        var ids: Set<String> = []
        for page in 1...200 {
            let reply = try? await client.request(.GET, "/jobs?per_page=200&page=\(page)")
            guard let reply, reply.status == 200,
                let rows = try? JSONScanner.parseArray(reply.bytes, maximumDepth: 64), !rows.isEmpty
            else { break }
            for row in rows { if let id = row.object?["id"]?.string { ids.insert(id) } }
        }
        return ids
    }
}
