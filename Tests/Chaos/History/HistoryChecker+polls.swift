import RoostJobs

extension HistoryChecker {
    /// What has ended stays as it is, byte for byte, until its time to live is over.
    mutating func judgePolls(_ id: String, _ job: HistoryCourse) {
        var first: HistoryEvent.Poll?
        for poll in job.polls {
            guard let state = poll.state else { continue }
            if let expires = poll.expires, poll.sent > expires + expirySlack {
                fail(.results, "\(id) is there \(poll.sent - expires) µs after its time to live")
            }
            guard let known = first else {
                if state.isFinal { first = poll }
                continue
            }
            // A poll that was under way when another one saw the end may be older.
            guard poll.sent > known.at else { continue }
            guard state == known.state, poll.attempt == known.attempt, poll.finished == known.finished,
                poll.error == known.error
            else {
                let was = known.state?.rawValue ?? "-"
                fail(.outcomes, "\(id) was \(was) in attempt \(known.attempt), is \(state) in \(poll.attempt)")
                continue
            }
            if poll.result != known.result { fail(.results, "\(id) has another result than before") }
        }
    }

    /// Nothing starts too early, after its cancel, or while its queue is paused.
    mutating func judgeTimes(_ id: String, _ job: HistoryCourse) {
        if let submit = job.submits.min(by: { $0.sent < $1.sent }), submit.delay > 0 {
            for start in job.starts where start.at < submit.sent + submit.delay {
                fail(.early, "\(id) started \(submit.sent + submit.delay - start.at) µs early")
            }
        }
        for cancel in job.cancels { judge(cancel, of: job, id) }
        var seen: Set<Moment> = []
        for poll in job.polls {
            guard let started = poll.started, seen.insert(started).inserted else { continue }
            if isPaused(poll.queue, at: started) { fail(.paused, "\(id) started while \(poll.queue) was paused") }
        }
    }

    private mutating func judge(_ cancel: HistoryEvent.Cancel, of job: HistoryCourse, _ id: String) {
        let before = job.starts.filter { $0.at <= cancel.at }.map(\.attempt).max()
        for start in job.starts where start.at > cancel.at {
            // Who was frozen between its claim and its handler's first line finds out a little later.
            if wasFrozen(start.pid, before: start.at) { continue }
            switch cancel.answer {
            case .cancelled: fail(.cancelled, "\(id) started \(start.at - cancel.at) µs after its cancel")
            case .requested:
                // The attempt that was running may write its first line a moment later.
                let running = before ?? job.starts.map(\.attempt).min() ?? 0
                if start.attempt > running { fail(.cancelled, "\(id) started again after its cancel") }
            case .refused, .unknown: break
            }
        }
    }

    /// Whether a process may have learned of things late.
    func wasFrozen(_ pid: Int32, before moment: Moment) -> Bool {
        faults.contains {
            $0.kind.reach == .lease && ($0.pids.isEmpty || $0.pids.contains(pid)) && $0.from < moment
                && $0.to + 10_000_000 > moment
        }
    }
}
