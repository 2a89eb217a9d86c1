import RoostJobs
import RoostRedis

/// The jobs of one call of `enqueue`, and what became of each.
typealias EnqueueGroup = [NewJob]

extension StoreLink {
    /// Jobs of several calls in scripts of at most `batch` jobs and as many parents; atomic per job, and per call as to
    /// whether its batches are open.
    /// - Parameter onQueued: called with the jobs of a script when it has its place in the queue to the server.
    func enqueue(
        _ groups: [EnqueueGroup], batch: Int, onQueued: @escaping ([NewJob]) -> Void
    ) async throws(StoreError) -> [Result<[Enqueued], StoreError>] {
        var results: [Result<[Enqueued], StoreError>] = groups.map { _ in .success([]) }
        let parts = Self.parts(of: groups, batch: batch)
        guard var script = parts.first.map({ EnqueueCommand($0, of: groups) }) else { return results }
        // One after the other: jobs of one call are queued in the order they were given. While one is under way the next is
        // put together.
        for place in 1..<parts.count {
            async let next = EnqueueCommand.make(parts[place], of: groups)
            try await enqueue(script, onQueued: onQueued, &results)
            script = await next
        }
        try await enqueue(script, onQueued: onQueued, &results)
        return results
    }

    private func enqueue(
        _ script: EnqueueCommand, onQueued: @escaping ([NewJob]) -> Void,
        _ results: inout [Result<[Enqueued], StoreError>]
    ) async throws(StoreError) {
        let (part, jobs) = (script.part, script.jobs)
        if let plain = script.plain, try await enqueuePlain(plain, onQueued: { onQueued(jobs) }) {
            for (item, job) in zip(part, jobs) { Self.append(.accepted(job.id), to: &results[item.call]) }
            return
        }
        let reply = try await evaluate(EnqueueScript.script, onQueued: { onQueued(jobs) }) { command in
            for (item, job) in zip(part, jobs) { command.append(job, call: item.hasBatch ? item.call : nil) }
        }
        guard let elements = reply.elements, elements.count == part.count else {
            throw StoreError(.corrupt, "enqueue: unexpected reply")
        }
        for (place, element) in elements.enumerated() {
            let call = part[place].call
            do throws(StoreError) {
                Self.append(try Self.enqueued(jobs[place], element.text), to: &results[call])
            } catch {
                results[call] = .failure(error)
            }
        }
    }

    /// In place: a copy for each job of a large call would cost its square. What failed stays so.
    private static func append(_ reply: Enqueued, to result: inout Result<[Enqueued], StoreError>) {
        guard case .success(var replies) = result else { return }
        result = .success([])
        replies.append(reply)
        result = .success(replies)
    }

    /// One job of a call.
    struct EnqueueItem: Sendable {
        let call: Int
        let index: Int
        let hasBatch: Bool
    }

    /// Scripts' worth of jobs. A call that fits into one script is not divided.
    private static func parts(of groups: [EnqueueGroup], batch: Int) -> [[EnqueueItem]] {
        var parts: [[EnqueueItem]] = []
        var part: [EnqueueItem] = []
        var edges = 0
        for (call, group) in groups.enumerated() {
            let hasBatch = group.contains { $0.batch != nil }
            let parents = group.reduce(0) { $0 + $1.parents.count }
            let isWhole = group.count <= batch && parents <= batch
            if isWhole, part.count + group.count > batch || edges + parents > batch {
                parts.append(part)
                (part, edges) = ([], 0)
            }
            for (index, job) in group.enumerated() {
                if !part.isEmpty, part.count + 1 > batch || edges + job.parents.count > batch {
                    parts.append(part)
                    (part, edges) = ([], 0)
                }
                part.append(EnqueueItem(call: call, index: index, hasBatch: hasBatch))
                edges += job.parents.count
            }
        }
        return (parts + [part]).filter { !$0.isEmpty }
    }

    /// What a reply of `EnqueueScript` says.
    private static func enqueued(_ job: NewJob, _ reply: String?) throws(StoreError) -> Enqueued {
        let id = (reply?.dropFirst()).flatMap { JobID($0) }
        switch (reply?.first, id) {
        case (nil, _) where reply != nil: return .accepted(job.id)
        case ("=", let id?): return .existing(id)
        case ("~", let id?): return .repeated(id)
        case ("#", let id?): return .mismatched(id)
        case ("F", _): return .full(queue: job.queue)
        case ("B", _): throw StoreError(.invalid, "the batch is not open")
        case ("M", _): throw StoreError(.invalid, "a batch has at most \(JobLimits.batchMembers) members")
        default: throw StoreError(.corrupt, "enqueue: unexpected reply")
        }
    }
}

/// A script's worth of jobs, ready to be sent.
private struct EnqueueCommand: Sendable {
    let part: [StoreLink.EnqueueItem]
    let jobs: [NewJob]
    /// The arguments of `PlainEnqueueScript`; nil: that is no script for them.
    let plain: RedisCommand?

    init(_ part: [StoreLink.EnqueueItem], of groups: [EnqueueGroup]) {
        self.part = part
        jobs = part.map { groups[$0.call][$0.index] }
        plain = StoreLink.plain(jobs)
    }

    /// The same on another thread.
    @concurrent static func make(_ part: [StoreLink.EnqueueItem], of groups: [EnqueueGroup]) async -> EnqueueCommand {
        EnqueueCommand(part, of: groups)
    }
}
