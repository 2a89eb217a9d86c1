import RoostJobs

/// Holds a history against the promises. Knows nothing of how the system keeps them; no clock, no I/O.
struct HistoryChecker {
    /// How long a claim holds without its worker.
    var lease: Int64 = 15_000_000
    /// Crashes after which a job may be a dead letter.
    var maxCrashes = 3
    /// How long after its time to live a result may still be seen.
    var expirySlack: Int64 = 1_000_000

    private(set) var violations: [HistoryViolation] = []
    private(set) var figures = HistoryFigures()
    private(set) var jobs: [String: HistoryCourse] = [:]
    private(set) var faults: [HistoryEvent.Fault] = []
    private var submits: [String: [HistoryEvent.Submit]] = [:]
    private var effects: [String: Set<String>] = [:]
    private var pauses: [(queue: String, from: Moment, to: Moment)] = []

    /// Reads the whole history and judges it.
    init(_ history: [HistoryEvent], lease: Int64 = 15_000_000) {
        self.lease = lease
        for event in history { take(event) }
        for id in jobs.keys { jobs[id]?.sort() }
        judge()
    }

    mutating func fail(_ rule: HistoryRule, _ text: String) {
        violations.append(HistoryViolation(rule: rule, text: text))
    }

    private mutating func take(_ event: HistoryEvent) {
        switch event {
        case .submit(let submit): submits[submit.op, default: []].append(submit)
        case .start(let start):
            figures.executions += 1
            jobs[start.job, default: HistoryCourse()].starts.append(start)
            jobs[start.job]?.op = start.op
        case .end(let end): jobs[end.job, default: HistoryCourse()].ends.append(end)
        case .effect(let op, let key): effects[op, default: []].insert(key)
        case .poll(let poll):
            figures.polls += 1
            jobs[poll.job, default: HistoryCourse()].polls.append(poll)
            if !poll.op.isEmpty { jobs[poll.job]?.op = poll.op }
        case .cancel(let cancel): jobs[cancel.job, default: HistoryCourse()].cancels.append(cancel)
        case .pause(let queue, let from, let to): pauses.append((queue, from, to))
        case .fault(let fault):
            faults.append(fault)
            figures.faults[fault.kind.rawValue, default: 0] += 1
        }
    }

    private mutating func judge() {
        judgeSubmits()
        for (id, job) in jobs.sorted(by: { $0.key < $1.key }) {
            if let submits = submits[job.op], !job.op.isEmpty {
                jobs[id]?.submits = submits
            } else {
                fail(.unasked, "\(id) is there and nobody asked for it")
            }
            guard let job = jobs[id] else { continue }
            judgeEnd(id, job)
            judgePolls(id, job)
            judgeExecutions(id, job)
            judgeTimes(id, job)
        }
        judgeEffects()
    }

    /// Accepted means there; unknown means there at most once; refused means not there.
    private mutating func judgeSubmits() {
        var byOp: [String: Set<String>] = [:]
        for (id, job) in jobs where !job.op.isEmpty { byOp[job.op, default: []].insert(id) }
        figures.submitted = submits.count
        for (op, tries) in submits.sorted(by: { $0.key < $1.key }) {
            var ids = byOp[op] ?? []
            var isUnknown = false
            for entry in tries {
                switch entry.answer {
                case .ok(let job):
                    ids.insert(job)
                    if jobs[job] == nil { jobs[job] = HistoryCourse(op: op) }
                    jobs[job]?.op = op
                case .unknown: isUnknown = true
                case .refused: break
                }
            }
            let isAccepted = tries.contains { if case .ok = $0.answer { true } else { false } }
            if isAccepted {
                figures.accepted += 1
            } else if isUnknown {
                figures.unknown += 1
                if !ids.isEmpty { figures.recovered += 1 }
            } else {
                figures.refused += 1
                if !ids.isEmpty { fail(.unasked, "\(op) was refused and is there: \(ids.sorted())") }
            }
            if ids.count > 1 { fail(.doubled, "\(op) is \(ids.count) jobs: \(ids.sorted())") }
        }
    }

    private mutating func judgeEnd(_ id: String, _ job: HistoryCourse) {
        let gone = job.polls.first { $0.state == nil && $0.at >= job.last?.sent ?? 0 }
        if let gone, !job.mayBeGone(at: gone.at) {
            figures.lost += 1
            return fail(.lost, "\(id) (\(job.op)) was \(job.last?.state?.rawValue ?? "accepted") and is gone")
        }
        guard let last = job.last, let state = last.state else {
            if gone != nil { return figures.ends["done and expired", default: 0] += 1 }
            figures.lost += 1
            return fail(.lost, "\(id) (\(job.op)) was never seen")
        }
        guard state.isFinal else {
            // It ended after it was last seen, and its time to live is over.
            if gone != nil { return figures.ends["done and expired", default: 0] += 1 }
            figures.lost += 1
            return fail(.stuck, "\(id) (\(job.op)) is still \(state.rawValue)")
        }
        figures.ends[state.rawValue, default: 0] += 1
        switch state {
        case .done:
            let results = job.ends.filter { $0.outcome == .ok }.map(\.result)
            if !results.contains(last.result) { fail(.results, "\(id) is done with what no handler made") }
        case .failed:
            if last.error?.isEmpty ?? true { fail(.blameless, "\(id) failed and nobody says why") }
            if !job.ends.contains(where: { $0.outcome == .error }), last.crashes < maxCrashes {
                fail(.blameless, "\(id) failed for no reason: \(last.error ?? "-")")
            }
        default:
            if job.cancels.isEmpty { fail(.blameless, "\(id) is cancelled and nobody asked for it") }
        }
    }

    private mutating func judgeEffects() {
        for (op, keys) in effects where keys.count > 1 {
            figures.duplicateEffects += keys.count - 1
            fail(.effects, "\(op) had \(keys.count) effects")
        }
        for (id, job) in jobs where job.last?.state == .done && effects[job.op] == nil {
            fail(.effects, "\(id) (\(job.op)) is done and had no effect")
        }
    }

    /// Whether a queue was paused at a moment.
    func isPaused(_ queue: String, at moment: Moment) -> Bool {
        pauses.contains { $0.queue == queue && $0.from < moment && moment < $0.to }
    }

    mutating func count(_ change: (inout HistoryFigures) -> Void) { change(&figures) }
}
