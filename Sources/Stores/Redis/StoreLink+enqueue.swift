import RoostJobs
import RoostRedis

/// The jobs of one call of `enqueue`, and what became of each.
typealias EnqueueGroup = [NewJob]

extension StoreLink {
    /// Jobs of several calls in scripts of at most `batch` jobs and as many parents; atomic per job, and per call as to
    /// whether its batches are open.
    func enqueue(_ groups: [EnqueueGroup], batch: Int) async throws(StoreError) -> [Result<[Enqueued], StoreError>] {
        var results: [Result<[Enqueued], StoreError>] = groups.map { _ in .success([]) }
        // One after the other: jobs of one call are queued in the order they were given.
        for part in Self.parts(of: groups, batch: batch) {
            if try await enqueuePlain(part.map(\.job)) {
                for item in part { Self.append(.accepted(item.job.id), to: &results[item.call]) }
                continue
            }
            let reply = try await evaluate(EnqueueScript.script) { command in
                for item in part { command.append(item.job, call: item.hasBatch ? item.call : nil) }
            }
            guard let elements = reply.elements, elements.count == part.count else {
                throw StoreError(.corrupt, "enqueue: unexpected reply")
            }
            for (item, element) in zip(part, elements) {
                do throws(StoreError) {
                    Self.append(try Self.enqueued(item.job, element.text), to: &results[item.call])
                } catch {
                    results[item.call] = .failure(error)
                }
            }
        }
        return results
    }

    /// In place: a copy for each job of a large call would cost its square. What failed stays so.
    private static func append(_ reply: Enqueued, to result: inout Result<[Enqueued], StoreError>) {
        guard case .success(var replies) = result else { return }
        result = .success([])
        replies.append(reply)
        result = .success(replies)
    }

    private struct Item {
        let job: NewJob
        let call: Int
        let hasBatch: Bool
    }

    /// Scripts' worth of jobs. A call that fits into one script is not divided.
    private static func parts(of groups: [EnqueueGroup], batch: Int) -> [[Item]] {
        var parts: [[Item]] = []
        var part: [Item] = []
        var edges = 0
        for (call, group) in groups.enumerated() {
            let hasBatch = group.contains { $0.batch != nil }
            let parents = group.reduce(0) { $0 + $1.parents.count }
            let isWhole = group.count <= batch && parents <= batch
            if isWhole, part.count + group.count > batch || edges + parents > batch {
                parts.append(part)
                (part, edges) = ([], 0)
            }
            for job in group {
                if !part.isEmpty, part.count + 1 > batch || edges + job.parents.count > batch {
                    parts.append(part)
                    (part, edges) = ([], 0)
                }
                part.append(Item(job: job, call: call, hasBatch: hasBatch))
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
