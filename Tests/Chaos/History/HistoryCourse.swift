import RoostJobs

/// All that is known of one job.
struct HistoryCourse {
    var op = ""
    var starts: [HistoryEvent.Start] = []
    var ends: [HistoryEvent.End] = []
    var polls: [HistoryEvent.Poll] = []
    var cancels: [HistoryEvent.Cancel] = []
    var submits: [HistoryEvent.Submit] = []

    /// The last state that was seen.
    var last: HistoryEvent.Poll? { polls.last { $0.state != nil } }

    /// Whether it was seen ended at that time, or has ended before by the system's own word.
    func hasEnded(before moment: Moment) -> Bool {
        polls.contains { poll in
            poll.state?.isFinal ?? false && (poll.at < moment || poll.finished.map { $0 < moment } ?? false)
        }
    }

    /// How the execution that began so ended.
    func end(of start: HistoryEvent.Start) -> HistoryEvent.End? {
        ends.first { $0.pid == start.pid && $0.attempt == start.attempt && $0.at >= start.at }
    }

    /// Whether it may have ended and had its time to live at that moment.
    func mayBeGone(at moment: Moment) -> Bool {
        if let expires = last?.expires { return expires <= moment }
        guard let ttl = submits.first?.ttl else { return false }
        return ends.contains { $0.outcome == .ok && $0.at + ttl <= moment }
    }

    mutating func sort() {
        starts.sort { $0.at < $1.at }
        ends.sort { $0.at < $1.at }
        polls.sort { ($0.at, $0.sent) < ($1.at, $1.sent) }
        cancels.sort { $0.at < $1.at }
    }
}
