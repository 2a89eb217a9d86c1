import RoostJobs
import RoostRedis

extension RedisStreamStore {
    /// Sends the jobs in scripts of at most `batch`; atomic per job.
    static func enqueue(
        _ jobs: [NewJob], client: RedisClient, keys: RedisKeys, batch: Int, deadline: Duration
    ) async throws(StoreError) -> [Enqueued] {
        if jobs.count <= batch {
            return try await enqueueOnce(jobs, client: client, keys: keys, deadline: deadline)
        }
        var replies: [Enqueued] = []
        replies.reserveCapacity(jobs.count)
        var rest = jobs[...]
        // One after the other: jobs of one call are queued in the order they were given.
        while !rest.isEmpty {
            let part = Array(rest.prefix(batch))
            rest = rest.dropFirst(part.count)
            replies += try await enqueueOnce(part, client: client, keys: keys, deadline: deadline)
        }
        return replies
    }

    private static func enqueueOnce(
        _ jobs: [NewJob], client: RedisClient, keys: RedisKeys, deadline: Duration
    ) async throws(StoreError) -> [Enqueued] {
        let reply = try await evaluate(EnqueueScript.script, client: client, keys: keys, deadline: deadline) {
            command in
            for job in jobs { append(job, to: &command) }
        }
        guard let elements = reply.elements, elements.count == jobs.count else {
            throw StoreError(.corrupt, "enqueue: unexpected reply")
        }
        return try zip(jobs, elements).map { job, element throws(StoreError) in
            guard let text = element.text else { throw StoreError(.corrupt, "enqueue: unexpected reply") }
            if text.isEmpty { return .accepted(job.id) }
            guard let holder = JobID(text) else { throw StoreError(.corrupt, "enqueue: unexpected holder") }
            return .existing(holder)
        }
    }

    private static func append(_ job: NewJob, to command: inout RedisCommand) {
        command.append(job.id.description)
        command.append(job.queue)
        command.append(job.type)
        command.append(job.priority)
        switch job.start {
        case .now: command.append("")
        case .after(let delay): command.append("+\(max(0, delay.clampedMicroseconds))")
        case .at(let time): command.append("@\(time.microseconds)")
        }
        command.append(job.uniqueKey.map { "=" + $0 } ?? "-")
        command.append(job.maxAttempts)
        command.append("\(job.timeout.clampedMicroseconds) \(job.resultTTL.clampedMicroseconds)")
        command.append(job.payload)
    }

    static func settle(
        _ items: [(Claim.Ticket, Outcome)], client: RedisClient, keys: RedisKeys, deadline: Duration
    ) async throws(StoreError) -> [Settlement] {
        let reply = try await evaluate(SettleScript.script, client: client, keys: keys, deadline: deadline) { command in
            for (ticket, outcome) in items { append(ticket, outcome, to: &command) }
        }
        guard let elements = reply.elements, elements.count == items.count else {
            throw StoreError(.corrupt, "settle: unexpected reply")
        }
        return elements.map { $0.int == 1 ? .settled : .leaseLost }
    }

    private static func append(_ ticket: Claim.Ticket, _ outcome: Outcome, to command: inout RedisCommand) {
        command.append(ticket.id.description)
        command.append(String(ticket.token))
        let (letter, span, bytes): (String, Duration, [UInt8]) =
            switch outcome {
            case .succeeded(let result): ("d", ticket.resultTTL, result)
            case .failed(let error): ("f", JobDefaults.deadTTL, Array(ErrorText.cut(error).utf8))
            case .cancelled(let reason): ("c", ticket.resultTTL, Array(ErrorText.cut(reason).utf8))
            case .retry(let delay, let error): ("y", clamped(delay), Array(ErrorText.cut(error).utf8))
            case .released: ("b", .zero, [])
            case .snoozed(let delay): ("z", clamped(delay), [])
            }
        command.append(letter)
        command.append(ticket.queue)
        command.append(ticket.priority)
        command.append(ticket.type)
        command.append(span.clampedMicroseconds)
        command.append(bytes)
    }

    private static func clamped(_ delay: Duration) -> Duration { min(max(.zero, delay), JobLimits.longest) }
}
