@testable import RoostJobs

/// Watches every answer the store gives and says which promise it breaks. Knows the rules from their prose, and
/// nothing of how the store keeps them.
struct Checker {
    var jobs: [JobID: Truth] = [:]
    var violations: [String] = []
    var settings: [String: QueueSettings] = [:]
    var starts: [(at: Timestamp, queue: String, tenant: String?)] = []
    /// How many starts there had been when a queue, or its tenants, got a rate.
    var limitedSince: [String: Int] = [:]
    var tenantsLimitedSince: [String: Int] = [:]
    /// Jobs that claims asked for, and those of them that came before their band's turn.
    var handedOut = 0
    var fromLowerBands = 0
    /// How many jobs of higher bands started since a band that could have started one did.
    var passedBands: [Int: Int] = [:]
    /// How often other tenants were served since one that could have been was.
    var passedTenants: [Ready.Line: [String: Int]] = [:]
    private var highestToken: UInt64 = 0
    private var requests: [String: JobID] = [:]
    /// Who took each unique key last.
    var takers: [String: JobID] = [:]
    /// The latest time the store's clock ever showed: what was over stays over when it steps back.
    var latest = Timestamp(microseconds: 0)
    var polls = 0
    var firedSlots: [Timestamp] = []

    mutating func fail(_ text: String) { if violations.count < 20 { violations.append(text) } }

    // MARK: Answers to producers

    mutating func enqueued(_ job: NewJob, _ result: Enqueued?, isThere: Bool = false, now: Timestamp) {
        switch result {
        case .accepted(job.id):
            // Its time may be over by a clock that stepped back since; then the store still shows it.
            if let truth = jobs[job.id], isThere || !truth.isOver(latest) { return }
            accept(job, now: now)
        case .repeated(let id):
            if let key = job.idempotency?.key, requests[key] != id { fail("\(id) is not the job of request \(key)") }
        case .mismatched(let id): fail("request of \(id) took for another")
        case .existing(let holder):
            existing(holder, job, now: now)
        case .full(let queue):
            if waiting(queue) < quota(queue) { fail("\(queue) is not full") }
        default: fail("\(job.id) became \(String(describing: result))")
        }
    }

    private mutating func accept(_ job: NewJob, now: Timestamp) {
        if let key = job.uniqueKey { took(key, job, now: now) }
        if let key = job.idempotency?.key {
            if requests[key] != nil { fail("two jobs for request \(key)") }
            requests[key] = job.id
        }
        if job.batch == nil, job.type != "cron", waiting(job.queue) >= quota(job.queue) {
            fail("\(job.queue) has more than its quota")
        }
        let truth = Truth(job, now: now)
        truth.isReborn = jobs[job.id] != nil
        for parent in job.parents {
            if let known = jobs[parent], !known.isOver(latest) {
                truth.needs.append(known)
                known.isNamed = true
                if known.endState == nil { truth.awaited.append((parent, known.ends.count)) }
                if known.endState == .failed || known.endState == .cancelled { truth.lost.append(parent) }
            } else {
                truth.lost.append(parent)
            }
        }
        jobs[job.id] = truth
    }

    private func waiting(_ queue: String) -> Int {
        jobs.values.count { truth in
            if truth.job.queue == queue, case .waiting = truth.place { true } else { false }
        }
    }

    private func quota(_ queue: String) -> Int { settings[queue]?.quota ?? JobLimits.queueQuota }

    /// A follower that a batch brought with it.
    mutating func follows(_ job: NewJob, now: Timestamp) {
        if jobs[job.id] == nil { jobs[job.id] = Truth(job, now: now) }
    }

    mutating func cancelled(_ id: JobID, _ result: Cancellation, now: Timestamp) {
        guard let truth = jobs[id] else { return }
        switch (result, truth.place) {
        case (.cancelled, .waiting): jobs[id]?.place = .ended(.cancelled, now)
        case (.requested, .running): jobs[id]?.isWished = true
        case (.ended(let state), .ended(let known, _)) where state == known: break
        // It may have ended by its time or its parents meanwhile; the poll looks whether it had reason to.
        case (.ended, .waiting), (.unknown, .ended): break
        default: fail("cancel of \(id) in \(truth.place) answered \(result)")
        }
    }

    /// A limit holds for starts from when it was set.
    mutating func set(_ name: String, _ change: QueueChange) {
        let old = settings[name] ?? QueueSettings()
        settings[name] = change.applied(to: old)
        if old.rate == nil { limitedSince[name] = starts.count }
        if old.tenantRate == nil { tenantsLimitedSince[name] = starts.count }
    }

    mutating func replayed(_ id: JobID, _ result: Replay, now: Timestamp) {
        guard result == .queued else { return }
        guard jobs[id]?.endState == .failed || jobs[id]?.endState == .cancelled else {
            return fail("\(id) replayed in \(String(describing: jobs[id]?.place))")
        }
        jobs[id]?.place = .waiting(Truth.anyTime)
        jobs[id]?.crashes = 0
        jobs[id]?.isWished = false
        jobs[id]?.isReplayed = true
    }

    // MARK: Answers to workers

    mutating func claimed(_ claims: [Claim], by worker: String, now: Timestamp) {
        for claim in claims { claimed(claim, by: worker, now: now) }
    }

    private mutating func claimed(_ claim: Claim, by worker: String, now: Timestamp) {
        let id = claim.job.id
        guard let truth = jobs[id] else { return fail("\(id) started and was never accepted") }
        guard case .waiting(let notBefore) = truth.place else { return fail("\(id) started while \(truth.place)") }
        // It may have come due before the clock stepped back.
        if max(now, latest) < notBefore { fail("\(id) started \(notBefore.since(now)) early") }
        if let startBy = truth.startBy, startBy <= now { fail("\(id) started after its time") }
        if let deadline = truth.deadline, deadline <= now { fail("\(id) started after its deadline") }
        for (parent, end) in truth.awaited where !truth.isReplayed && !(jobs[parent]?.isReborn ?? false) {
            let ends = jobs[parent]?.ends ?? []
            guard ends.indices.contains(end), ends[end] == .done || truth.job.parentRule == .ended else {
                fail("\(id) started before its parent \(parent) was through")
                continue
            }
        }
        if claim.job.attempt != truth.nextAttempt {
            fail("\(id) started attempt \(claim.job.attempt) instead of \(truth.nextAttempt)")
        }
        if claim.job.payload != truth.job.payload { fail("\(id) has another payload") }
        if claim.ticket.token <= highestToken { fail("token \(claim.ticket.token) given out again") }
        highestToken = max(highestToken, claim.ticket.token)
        if let reason = reasonToWait(truth.job, now: now) { fail("\(id) started while \(reason)") }
        jobs[id]?.place = .running(
            token: claim.ticket.token, worker: worker, leaseUntil: now.advanced(by: SimulatedStore.lease))
        jobs[id]?.nextAttempt += 1
        jobs[id]?.hasStarted = true
        starts.append((now, truth.job.queue, truth.job.tenant))
    }

    mutating func extended(_ tickets: [Claim.Ticket], _ extended: Extended, now: Timestamp) {
        for ticket in tickets {
            guard let truth = jobs[ticket.id] else { continue }
            let isLost = extended.lost.contains(ticket)
            if case .running(ticket.token, let worker, _) = truth.place {
                if isLost { fail("\(ticket.id): a lease that holds was called lost") }
                if truth.isWished != extended.cancelled.contains(ticket) {
                    fail("\(ticket.id): the wish to cancel is lost")
                }
                jobs[ticket.id]?.place = .running(
                    token: ticket.token, worker: worker, leaseUntil: now.advanced(by: SimulatedStore.lease))
            } else if !isLost {
                fail("\(ticket.id): a lost lease was extended")
            }
        }
    }

    mutating func settled(_ ticket: Claim.Ticket, _ outcome: Outcome, _ result: Settlement, now: Timestamp) {
        guard let truth = jobs[ticket.id] else { return }
        if truth.settled.contains(ticket.token) {
            // Whether it is still remembered depends on what came after; that nothing changes, the next poll shows.
            return
        }
        guard case .running(ticket.token, _, _) = truth.place else {
            if result != .leaseLost { fail("\(ticket.id): a settle after the lease was lost was taken") }
            return
        }
        guard result == .settled else { return fail("\(ticket.id): a settle in time was refused") }
        jobs[ticket.id]?.settled.insert(ticket.token)
        let next = place(truth, outcome, now: now)
        jobs[ticket.id]?.place = next
        switch outcome {
        case .succeeded(let bytes): jobs[ticket.id]?.result = bytes
        case .failed(let error): jobs[ticket.id]?.error = error
        // These were not attempts.
        case .released, .snoozed: if !truth.isWished { jobs[ticket.id]?.nextAttempt -= 1 }
        case .retry, .cancelled: break
        }
    }

    private func place(_ truth: Truth, _ outcome: Outcome, now: Timestamp) -> Truth.Place {
        func again(_ delay: Duration) -> Truth.Place {
            if truth.isWished { return .ended(.cancelled, now) }
            let time = now.advanced(by: delay)
            if delay > .zero, let deadline = truth.deadline, time >= deadline { return .ended(.failed, now) }
            return .waiting(delay > .zero ? time : Truth.anyTime)
        }
        return switch outcome {
        case .succeeded: .ended(.done, now)
        case .failed: .ended(.failed, now)
        case .cancelled: .ended(.cancelled, now)
        case .released: again(.zero)
        case .snoozed(let delay): again(delay)
        case .retry(let delay, _):
            if let deadline = truth.deadline, !truth.isWished, now.advanced(by: delay) >= deadline {
                .ended(.failed, now)
            } else {
                again(delay)
            }
        }
    }

    mutating func reclaimed(_ reclaimed: Reclaimed, now: Timestamp) {
        for id in reclaimed.requeued + reclaimed.dead + reclaimed.cancelled {
            guard let truth = jobs[id], case .running(_, _, let leaseUntil) = truth.place else {
                fail("\(id) was taken back and did not run")
                continue
            }
            if leaseUntil > now { fail("\(id) was taken back from a worker that kept its lease") }
            let crashes = truth.crashes + 1
            jobs[id]?.crashes = crashes
            if truth.isWished {
                jobs[id]?.place = .ended(.cancelled, now)
                if !reclaimed.cancelled.contains(id) { fail("\(id) runs again after its cancel") }
            } else if crashes >= SimulatedStore.maxCrashes {
                jobs[id]?.place = .ended(.failed, now)
                if !reclaimed.dead.contains(id) { fail("\(id) took \(crashes) workers down and runs again") }
            } else {
                jobs[id]?.place = .waiting(Truth.anyTime)
                if !reclaimed.requeued.contains(id) { fail("\(id) was ended by \(crashes) crashes") }
            }
            jobs[id]?.isWished = false
        }
    }
}
