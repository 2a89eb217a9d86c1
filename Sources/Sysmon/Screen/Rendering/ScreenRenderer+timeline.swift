import RoostJobs

extension ScreenRenderer {
    /// What happened to a job, oldest first, and what comes next.
    func timeline(_ detail: JobDetail, _ view: ScreenView) -> [StyledLine] {
        let job = detail.job
        var lines = [step(job.insertedAt, "accepted")]
        for attempt in detail.notes.failures {
            let time = max(0, attempt.endedAt.since(attempt.startedAt).inSeconds).latency
            lines.append(
                step(attempt.endedAt, "attempt \(attempt.attempt) failed after \(time) on \(attempt.worker)", .bad))
            lines += wrapped(line("    "), attempt.error, view)
        }
        if let start = job.startedAt, !detail.notes.failures.contains(where: { $0.startedAt == start }) {
            lines.append(
                step(start, "attempt \(job.attempt) started" + (job.worker.map { " on \($0)" } ?? ""), .accent))
        }
        if let end = job.finishedAt {
            let time = job.startedAt.map { " after \(max(0, end.since($0).inSeconds).latency)" } ?? ""
            let state = state(job.state)
            lines.append(step(end, state.text + (job.state == .done ? time : ""), state.style))
        }
        for (time, text) in [
            (job.runAt, "may start"), (job.startBy, "is cancelled unless it has started"),
            (job.deadline, "fails unless it has ended"), (job.expiresAt, "is forgotten"),
        ] {
            if let time { lines.append(step(time, text, .dim)) }
        }
        return [line(""), line(" Timeline", .bold)] + lines
    }

    private func step(_ time: Timestamp, _ text: String, _ style: TerminalStyle = .plain) -> StyledLine {
        // To the millisecond: 2025-12-28 14:02:11.957.
        let stamp = time.rfc3339.prefix(23).split(separator: "T", maxSplits: 1).joined(separator: " ")
        var result = line("  \(stamp)  ", .dim)
        result.add(text, style)
        return result
    }
}

extension WaitReason {
    /// The reason for a person, without a full stop.
    func sentence(_ clock: ClockText) -> String {
        func all(_ queue: String) -> String { queue == QueueSettings.all ? "all queues" : "queue \(queue)" }
        func whose(_ queue: String, _ tenant: String?) -> String {
            all(queue) + (tenant.map { " for tenant \($0)" } ?? "")
        }
        return switch self {
        case .scheduled(let until): "it waits for its time, \(clock.zoned(until.microseconds))"
        case .parents(let count): count == 1 ? "it waits for another job" : "it waits for \(count) other jobs"
        case .paused(let queue): "\(all(queue)) \(queue == QueueSettings.all ? "are" : "is") paused"
        case .concurrency(let queue, let tenant, let limit):
            "as many jobs run as may in \(whose(queue, tenant)): \(limit)"
        case .rate(let queue, let tenant, let until):
            "as many jobs have started as may in \(whose(queue, tenant)), until \(clock.zoned(until.microseconds))"
        case .noWorker(let type, let queue): "no live worker serves queue \(queue) and handles type \(type)"
        case .busy(let queue, let workers):
            workers == 1
                ? "the one worker that takes it has no free slot for queue \(queue)"
                : "none of the \(workers) workers that take it has a free slot for queue \(queue)"
        case .position(ahead: 0): "it is the next of its queue, priority and type"
        case .position(let ahead): "\(ahead >= 1000 ? "1,000 or more" : String(ahead)) jobs are before it"
        case .running(let worker, let until): "on \(worker), lease until \(clock.zoned(until.microseconds))"
        }
    }
}
