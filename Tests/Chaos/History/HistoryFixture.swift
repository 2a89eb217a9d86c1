import RoostJobs

/// A history of a few jobs that went well, killed workers and all, and the ways to spoil it.
enum HistoryFixture {
    static let second: Int64 = 1_000_000

    /// Nothing is wrong with it.
    static let good: [HistoryEvent] = {
        var events = plain("a", at: 10)
        events += plain("b", at: 11)
        // Failed once as asked.
        events += [
            submit("c", at: 12, failures: 1), start("c", 1, at: 12), end("c", 1, at: 13, .error),
            start("c", 2, at: 14), end("c", 2, at: 15), poll("c", .done, 2, at: 16), poll("c", .done, 2, at: 90),
            .effect(op: "c", key: "job-c"),
        ]
        // Its worker was killed after the effect.
        events += [
            submit("d", at: 20), start("d", 1, at: 20), fault(.killNode, [1], from: 21, to: 21),
            start("d", 2, pid: 2, at: 22), end("d", 2, pid: 2, at: 23), poll("d", .done, 2, at: 24, crashes: 1),
            .effect(op: "d", key: "job-d"),
        ]
        // Cancelled before it began.
        events += [
            submit("e", at: 30, delay: 5), cancel("e", at: 31, .cancelled), poll("e", .cancelled, 0, at: 40),
        ]
        // Waited for its time, and for its queue.
        events += [submit("f", at: 50, delay: 3), start("f", 1, at: 54), end("f", 1, at: 55)]
        events += [poll("f", .done, 1, at: 56, started: 54), .effect(op: "f", key: "job-f")]
        events += [.pause(queue: "held", acknowledged: 60 * second, resumed: 63 * second)]
        events += [
            submit("g", at: 60), start("g", 1, at: 64), end("g", 1, at: 65),
            poll("g", .done, 1, at: 66, queue: "held", started: 64), .effect(op: "g", key: "job-g"),
        ]
        // The reply was lost; it was there.
        events += [
            .submit(.init(op: "h", sent: 70 * second, at: 71 * second, answer: .unknown("timeout"))),
            start("h", 1, at: 71), end("h", 1, at: 72), poll("h", .done, 1, at: 73), .effect(op: "h", key: "job-h"),
        ]
        // Never taken.
        events.append(.submit(.init(op: "i", sent: 74 * second, at: 74 * second, answer: .refused("422"))))
        // Its worker was silent for more than a lease.
        events += [
            submit("j", at: 80), start("j", 1, at: 80), fault(.freezeNode, [2], from: 81, to: 100),
            fault(.freezeNode, [1], from: 81, to: 100), start("j", 2, pid: 3, at: 97), end("j", 2, pid: 3, at: 98),
            end("j", 1, at: 101), poll("j", .done, 2, at: 102), .effect(op: "j", key: "job-j"),
        ]
        return events
    }()

    static func plain(_ op: String, at: Int64) -> [HistoryEvent] {
        [
            submit(op, at: at), start(op, 1, at: at), poll(op, .running, 1, at: at), end(op, 1, at: at + 1),
            poll(op, .done, 1, at: at + 2), poll(op, .done, 1, at: at + 3), .effect(op: op, key: "job-\(op)"),
        ]
    }

    static func submit(_ op: String, at: Int64, delay: Int64 = 0, failures: Int = 0) -> HistoryEvent {
        .submit(
            .init(
                op: op, sent: at * second, at: at * second, delay: delay * second, failures: failures,
                answer: .ok(job: "job-\(op)")))
    }

    static func start(_ op: String, _ attempt: Int, pid: Int32 = 1, at: Int64, job: String? = nil) -> HistoryEvent {
        .start(.init(op: op, job: job ?? "job-\(op)", attempt: attempt, pid: pid, at: at * second + 1))
    }

    static func end(
        _ op: String, _ attempt: Int, pid: Int32 = 1, at: Int64, _ outcome: HistoryEvent.End.Outcome = .ok
    ) -> HistoryEvent {
        .end(
            .init(
                op: op, job: "job-\(op)", attempt: attempt, pid: pid, at: at * second, outcome: outcome,
                result: outcome == .ok ? "result of \(op)" : nil))
    }

    static func poll(
        _ op: String, _ state: JobState?, _ attempt: Int, at: Int64, crashes: Int = 0, queue: String = "default",
        started: Int64? = nil, result: String? = nil, error: String? = nil
    ) -> HistoryEvent {
        .poll(
            .init(
                job: "job-\(op)", sent: at * second, at: at * second + 1, op: state == nil ? "" : op, queue: queue,
                state: state, attempt: attempt, crashes: crashes, started: started.map { $0 * second },
                finished: state?.isFinal ?? false ? 999 * second : nil,
                expires: state?.isFinal ?? false ? 1000 * second : nil,
                result: result ?? (state == .done ? "result of \(op)" : nil),
                error: error ?? (state == .cancelled ? "cancelled by request" : nil)))
    }

    static func cancel(_ op: String, at: Int64, _ answer: HistoryEvent.Cancel.Answer) -> HistoryEvent {
        .cancel(.init(job: "job-\(op)", sent: at * second, at: at * second + 1, answer: answer))
    }

    static func fault(_ kind: FaultKind, _ pids: [Int32], from: Int64, to: Int64) -> HistoryEvent {
        .fault(.init(kind: kind, pids: pids, from: from * second, to: to * second))
    }
}
