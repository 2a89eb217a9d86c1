import RoostTestKit

@testable import RoostJobs

/// The model behind every store, with at most one fault planted.
struct SimulatedStore {
    var machine = MemoryMachine()
    let mutant: Mutant?
    /// Counts calls, for faults that only show now and then.
    private var calls = 0
    /// What faulty workers hold in their memory instead of the store.
    private var inMemory: [(worker: String, due: Timestamp, record: JobRecord)] = []
    private var hasClaimed = false

    init(mutant: Mutant?) {
        self.mutant = mutant
        machine.feed = EndFeed()
    }

    static let lease = Duration.seconds(15)
    static let maxCrashes = 3

    /// Whether a fault shows at this call: every third time, so that it hides among right answers.
    private mutating func strikes(_ fault: Mutant) -> Bool {
        guard mutant == fault else { return false }
        calls += 1
        return calls % 3 == 0
    }

    // MARK: Producers

    mutating func enqueue(_ job: NewJob, now: Timestamp) -> Enqueued? {
        var job = job
        if mutant == .requestKeyForgotten { job.idempotency = nil }
        if mutant == .failedParentIsDone { job.parentRule = .ended }
        if mutant == .deadlineIgnored { job.deadline = nil }
        if mutant == .startByIgnored { job.startBy = nil }
        if mutant == .uniquePeriodIgnored { job.unique?.period = nil }
        if mutant == .uniquePeriodLasts, let period = job.unique?.period { job.unique?.period = period * 10 }
        if mutant == .extendIgnored, job.unique?.conflict == .extend { job.unique?.conflict = .reject }
        if mutant == .tenantsShareALane { job.tenant = nil }
        if mutant == .replacedStays, job.unique?.conflict == .replace, let key = job.uniqueKey {
            machine.keys[Array(key.utf8)] = nil
        }
        if mutant == .repeatResetsJob, let entry = machine.entries[job.id], entry.record.state.isFinal {
            machine.forget(job.id, now: now)
        }
        if mutant == .uniqueKeyLetGo, let key = job.uniqueKey, let holder = machine.keys[Array(key.utf8)],
            machine.entries[holder.id]?.record.state == .running
        {
            machine.keys[Array(key.utf8)] = nil
        }
        let isNew = machine.entries[job.id] == nil
        let result =
            mutant == .quotaIgnored
            ? machine.enqueue(job, now: now, quota: false) : machine.enqueue([job], now: now)?.first
        if isNew, case .accepted = result { spoil(job, now: now) }
        return result
    }

    /// Faults that strike a job just accepted.
    private mutating func spoil(_ job: NewJob, now: Timestamp) {
        if mutant == .childStartsEarly, machine.entries[job.id]?.waitsFor ?? 0 > 1 {
            machine.entries[job.id]?.waitsFor = 1
        }
        if mutant == .neededParentGoes { letGo(job.parents) }
        if mutant == .childForgotten { for parent in job.parents { machine.kids[parent] = nil } }
        if mutant == .groupFromTheEnd, !hasClaimed { dropFromLane(job.id) }
        if mutant == .cappedStream {
            let waiting = machine.newest.filter { machine.entries[$0]?.record.state == .queued }
            if waiting.count > 6, let oldest = waiting.first { machine.forget(oldest, now: now) }
        }
    }

    /// Parents have their usual time, whoever needs them.
    private mutating func letGo(_ parents: [JobID]) {
        for parent in parents {
            guard let entry = machine.entries[parent] else { continue }
            machine.entries[parent]?.neededBy = []
            guard entry.record.state.isFinal, let end = entry.record.finishedAt else { continue }
            let expiry = end.advanced(by: entry.record.resultTTL)
            machine.entries[parent]?.record.expiresAt = expiry
            machine.expiries.insert(parent, due: expiry)
        }
    }

    private mutating func dropFromLane(_ id: JobID) {
        guard let record = machine.entries[id]?.record, record.state == .queued else { return }
        machine.lanes[record.queue] = nil
    }

    mutating func cancel(_ id: JobID, now: Timestamp) -> Cancellation {
        let before = machine.entries[id]
        let result = machine.cancel(id, reason: "cancelled", now: now)
        if mutant == .cancelLeavesInLane, result == .cancelled, let before { machine.entries[id] = before }
        if mutant == .cancelWishLost { machine.entries[id]?.cancelReason = nil }
        return result
    }

    mutating func replay(_ id: JobID, now: Timestamp) -> Replay {
        let crashes = machine.entries[id]?.record.crashes ?? 0
        let result = machine.replay(id, now: now)
        if mutant == .replayKeepsCrashes { machine.entries[id]?.record.crashes = crashes }
        return result
    }

    mutating func setQueue(_ queue: String, _ change: QueueChange) {
        var change = change
        if mutant == .pauseOfAllIsIgnored, queue == QueueSettings.all { change.isPaused = nil }
        if mutant == .pauseIsIgnored, queue != QueueSettings.all { change.isPaused = nil }
        if mutant == .tenantLimitIgnored { change.tenantConcurrency = nil }
        if mutant == .tenantRateIgnored { change.tenantRate = nil }
        if mutant == .limitOfAllIgnored, queue == QueueSettings.all { change.concurrency = nil }
        if mutant == .rateOfAllIgnored, queue == QueueSettings.all { change.rate = nil }
        if mutant == .limitOffByOne, let limit = change.concurrency ?? nil { change.concurrency = limit + 1 }
        _ = machine.setQueue(queue, change)
    }

    // MARK: Workers

    mutating func claim(_ request: ClaimRequest, now: Timestamp) -> [Claim] {
        hasClaimed = true
        if mutant == .limitIgnoresLostWorkers {
            // Counts only leases that still hold.
            let late = machine.entries.values.filter { ($0.leaseUntil ?? now) < now }.count
            machine.counts.queues["limited"]?[.running, default: 0] -= late
            defer { machine.counts.queues["limited"]?[.running, default: 0] += late }
            return machine.claim(request, now: now).claims
        }
        if mutant == .rateWindowForgets { machine.starts = [:] }
        if mutant == .lowerBandsStarve { machine.turns = 0 }
        if mutant == .lowerBandsFirst { machine.turns = 9 }
        let claims = machine.claim(request, now: now).claims
        if strikes(.claimedTwice), let claim = claims.first {
            machine.entries[claim.job.id]?.record.state = .queued
            machine.addToLane(claim.job)
            machine.entries[claim.job.id]?.record.state = .running
            machine.entries[claim.job.id]?.leaseUntil = nil
            return claims + [claim]
        }
        if strikes(.claimLeavesQueued), let claim = claims.first {
            machine.count(claim.job, -1)
            var record = claim.job
            record.state = .queued
            machine.count(record, 1)
            machine.entries[record.id]?.record.state = .queued
            machine.addToLane(record)
        }
        return claims
    }

    mutating func extend(_ tickets: [Claim.Ticket], now: Timestamp) -> Extended {
        if mutant == .noHeartbeat { return Extended() }
        if mutant == .extendWithoutFence { return Extended() }
        return machine.extend(tickets, lease: Self.lease, now: now)
    }

    mutating func settle(_ ticket: Claim.Ticket, _ outcome: Outcome, worker: String, now: Timestamp) -> Settlement {
        var ticket = ticket
        let entry = machine.entries[ticket.id]
        if mutant == .settleWithoutFence, let entry, entry.record.state == .running {
            ticket = Claim(job: entry.record, token: entry.token).ticket
        }
        if mutant == .settledTwice, let entry, entry.token == ticket.token, entry.record.state == .queued {
            machine.move(ticket.id, to: .running, now: now)
        }
        if mutant == .retryBeatsCancel { machine.entries[ticket.id]?.cancelReason = nil }
        let isMine = entry?.token == ticket.token && entry?.record.state == .running
        if mutant == .retryWaitsInMemory, isMine, case .retry(let delay, _) = outcome, let record = entry?.record {
            machine.forget(ticket.id, now: now)
            inMemory.append((worker, now.advanced(by: delay), record))
            return .settled
        }
        let result = machine.settle(ticket, outcome, now: now)
        if isMine { spoil(ticket.id, outcome, before: entry, now: now) }
        return result
    }

    /// Faults that strike an outcome just recorded.
    private mutating func spoil(_ id: JobID, _ outcome: Outcome, before: MemoryMachine.Entry?, now: Timestamp) {
        guard let record = machine.entries[id]?.record else { return }
        switch (mutant, outcome) {
        case (.retryIsNotCounted, .retry): machine.entries[id]?.record.attempt -= 1
        case (.releaseIsCounted, .released), (.releaseIsCounted, .snoozed): machine.entries[id]?.record.attempt += 1
        case (.retryForgetsDelay, .retry) where record.state == .scheduled:
            machine.scheduled.insert(id, due: now)
            machine.entries[id]?.record.runAt = now
        case (.deadLetterVanishes, .failed) where record.state == .failed: machine.forget(id, now: now)
        case (.errorIsLost, .failed): machine.entries[id]?.record.error = nil
        case (.resultIsLost, .succeeded): machine.entries[id]?.record.result = nil
        case (.expiresFromStart, .succeeded):
            let expiry = record.insertedAt.advanced(by: .seconds(1))
            machine.entries[id]?.record.expiresAt = expiry
            machine.expiries.insert(id, due: expiry)
        case (.endIsLost, .succeeded): machine.feed = EndFeed()
        case (.endIsToldTwice, .succeeded): machine.feedEnd(id, record.state)
        case (.countsDrift, .succeeded): machine.counts.queues[record.queue]?[.running, default: 0] += 1
        case (.batchCountsTwice, _) where record.state.isFinal && record.batch != nil:
            machine.ended.append((id, record.state, record.batch, []))
        case (.followerStartsEarly, _) where record.state.isFinal:
            if let batch = record.batch, let first = machine.batches[batch]?.status.onComplete,
                machine.entries[first]?.record.state == .scheduled
            {
                _ = machine.release(first, now: now)
            }
        default: break
        }
    }

    // MARK: Duties

    mutating func promote(now: Timestamp) {
        let early = mutant == .startsEarly ? now.advanced(by: .seconds(3)) : now
        if mutant == .promotionLosesJobs {
            let due = machine.scheduled.first
            if strikes(.promotionLosesJobs), let due, due.due <= now { _ = machine.scheduled.popDue(now) }
        }
        _ = machine.promoteDue(limit: 500, now: early)
        for waiting in inMemory where waiting.due <= now {
            var record = waiting.record
            record.state = .queued
            machine.insert(record)
        }
        inMemory.removeAll { $0.due <= now }
    }

    mutating func reclaim(now: Timestamp) -> Reclaimed {
        if mutant == .neverReclaims { return Reclaimed() }
        let then = mutant == .reclaimsEarly ? now.advanced(by: .seconds(9)) : now
        let tokens = mutant == .tokenOutlivesReclaim ? machine.tokens : [:]
        let reclaimed = machine.reclaim(limit: 500, maxCrashes: Self.maxCrashes, now: then)
        for id in reclaimed.requeued {
            if mutant == .tokenOutlivesReclaim {
                machine.entries[id]?.token = tokens[id] ?? 0
            }
            if mutant == .crashesNotCounted { machine.entries[id]?.record.crashes = 0 }
        }
        return reclaimed
    }

    /// So many of each are kept.
    static let kept = Retention(done: 12, failed: 8, cancelled: 8)

    /// Returns whether anything went, or is to go.
    mutating func prune(now: Timestamp) -> Bool {
        var retention = Self.kept
        if mutant == .retentionIgnored { retention = Retention() }
        if mutant == .retentionKeepsTooFew { retention.done -= 3 }
        let pruned = machine.prune(limit: 500, retention: retention, now: now)
        return pruned > 0 || machine.counts[.done] > Self.kept.done
    }

    /// Takes back what a dead worker ran, a few at a time.
    mutating func rescue(_ worker: String, now: Timestamp) -> Reclaimed {
        if mutant == .rescueTakesOne, machine.entries.values.count(where: { $0.record.worker == worker }) > 1 {
            return Reclaimed()
        }
        let others = machine.entries.values.first { $0.record.state == .running }?.record.worker
        let dead = mutant == .rescueTakesOthers ? others ?? worker : worker
        return machine.reclaim(worker: dead, limit: 2, maxCrashes: Self.maxCrashes, now: now)
    }

    mutating func fireCron(_ name: String, slot: Timestamp, next: Timestamp, job: NewJob, now: Timestamp) -> Bool {
        if mutant == .cronFiresTwice {
            var other = job
            other.id = JobID(high: job.id.high, low: job.id.low &+ UInt64(machine.lastToken) &+ 1)
            _ = machine.enqueue(machine.crons[name]?.next == slot ? job : other, now: now)
        }
        let lost = strikes(.cronLosesSlot)
        return machine.fireCron(name, slot: slot, next: next, jobs: lost ? [] : [job], now: now)
    }

    /// A worker's process ends: what it only held in memory is gone.
    mutating func died(_ worker: String) { inMemory.removeAll { $0.worker == worker } }
}

extension MemoryMachine {
    /// The token of each job.
    fileprivate var tokens: [JobID: UInt64] {
        Dictionary(entries.values.map { ($0.record.id, $0.token) }) { first, _ in first }
    }
}
