import RoostJobs
import RoostRedis

/// The jobs of one call of `enqueue`, and what became of each.
typealias EnqueueGroup = [NewJob]

extension RedisStreamStore {
    /// Jobs of several calls in scripts of at most `batch` jobs and as many parents; atomic per job, and per call as to
    /// whether its batches are open.
    static func enqueue(
        _ groups: [EnqueueGroup], client: RedisClient, keys: RedisKeys, batch: Int, deadline: Duration
    ) async throws(StoreError) -> [Result<[Enqueued], StoreError>] {
        var results: [Result<[Enqueued], StoreError>] = groups.map { _ in .success([]) }
        // One after the other: jobs of one call are queued in the order they were given.
        for part in parts(of: groups, batch: batch) {
            if try await enqueuePlain(part.map(\.job), client: client, keys: keys, deadline: deadline) {
                for item in part { append(.accepted(item.job.id), to: &results[item.call]) }
                continue
            }
            let reply = try await evaluate(EnqueueScript.script, client: client, keys: keys, deadline: deadline) {
                command in
                for item in part { append(item.job, call: item.hasBatch ? item.call : nil, to: &command) }
            }
            guard let elements = reply.elements, elements.count == part.count else {
                throw StoreError(.corrupt, "enqueue: unexpected reply")
            }
            for (item, element) in zip(part, elements) {
                do throws(StoreError) {
                    append(try enqueued(item.job, element.text), to: &results[item.call])
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

    /// Appends the ten arguments of one job that `EnqueueScript` takes; `call` groups those of one call.
    static func append(_ job: NewJob, call: Int? = nil, follows batch: JobID? = nil, to command: inout RedisCommand) {
        command.append(job.id.description)
        command.append(job.queue)
        command.append(job.type)
        command.append(job.priority)
        command.append(job.start == .now ? "" : moment(job.start))
        command.append(job.uniqueKey.map { "=" + $0 } ?? "-")
        command.append(job.maxAttempts)
        command.append("\(job.timeout.clampedMicroseconds) \(job.resultTTL.clampedMicroseconds)")
        command.append(job.payload)
        command.append(rare(job, call: call, follows: batch))
    }

    private static func moment(_ start: NewJob.Start) -> String {
        switch start {
        case .now: "+0"
        case .after(let delay): "+\(max(0, delay.clampedMicroseconds))"
        case .at(let time): "@\(time.microseconds)"
        }
    }

    /// What few jobs have, in words; `` for most.
    private static func rare(_ job: NewJob, call: Int?, follows batch: JobID?) -> String {
        var words: [String] = []
        func add(_ letter: Character, _ value: String?) { if let value { words.append("\(letter)=\(value)") } }
        add("c", call.map { String($0) })
        add("H", batch?.description)
        add("t", job.tenant)
        add("g", job.tags.isEmpty ? nil : job.tags.joined(separator: ","))
        add("s", job.terms.isEmpty ? nil : SearchTerm.texts(job.terms).joined(separator: ","))
        add("w", job.trace)
        add("r", job.retry?.description)
        add("x", job.startBy.map(moment))
        add("d", job.deadline.map(moment))
        add("b", job.batch?.description)
        add("e", job.parentRule == .ended ? "1" : nil)
        add("P", job.parents.isEmpty ? nil : job.parents.map(\.description).joined(separator: ","))
        add("i", job.idempotency?.key)
        add("n", job.idempotency?.digest)
        if let rule = job.unique, rule.period != nil || rule.conflict != .reject {
            let letter =
                switch rule.conflict {
                case .reject: "r"
                case .replace: "p"
                case .extend: "e"
                }
            add("u", letter + (rule.period.map { String(max(1, $0.clampedMicroseconds)) } ?? ""))
        }
        return words.joined(separator: " ")
    }
}
