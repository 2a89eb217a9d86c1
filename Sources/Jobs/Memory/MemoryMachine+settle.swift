extension MemoryMachine {
    mutating func settle(_ ticket: Claim.Ticket, _ outcome: Outcome, now: Timestamp) -> Settlement {
        // Token 0 is nobody's: of a job that was never claimed, or was taken back.
        guard ticket.token != 0, let entry = entries[ticket.id], entry.token == ticket.token else { return .leaseLost }
        // The token is this attempt's and the job moved on: an earlier call settled it, unless a reclaim did, which
        // takes the token away.
        guard entry.record.state == .running else { return .settled }
        let id = ticket.id
        switch outcome {
        case .succeeded(let result):
            counts.totals.done += 1
            move(id, to: .done, now: now) { entry in
                entry.record.result = result
                entry.record.error = nil
                entry.record.expiresAt = now.advanced(by: entry.record.resultTTL)
            }
        case .failed(let error):
            noteFailure(id, error, now: now)
            end(id, .failed, error, now: now)
        case .cancelled(let reason): end(id, .cancelled, entry.cancelReason ?? reason, now: now)
        case .retry(let delay, let error):
            noteFailure(id, error, now: now)
            if let reason = entry.cancelReason { return cancelled(id, reason, now: now) }
            if isPastDeadline(entry.record, delay, now: now) {
                end(id, .failed, error, now: now)
            } else {
                counts.totals.retried += 1
                requeue(id, after: delay, now: now) { $0.record.error = ErrorText.cut(error) }
            }
        case .released, .snoozed:
            let delay = if case .snoozed(let delay) = outcome { delay } else { Duration.zero }
            if let reason = entry.cancelReason { return cancelled(id, reason, now: now) }
            entries[id]?.record.attempt -= 1
            if delay > .zero, isPastDeadline(entry.record, delay, now: now) {
                end(id, .failed, ErrorText.deadline, now: now)
            } else {
                requeue(id, after: delay, now: now)
            }
        }
        return .settled
    }

    private mutating func cancelled(_ id: JobID, _ reason: String, now: Timestamp) -> Settlement {
        end(id, .cancelled, reason, now: now)
        return .settled
    }

    private func isPastDeadline(_ record: JobRecord, _ delay: Duration, now: Timestamp) -> Bool {
        record.deadline.map { now.advanced(by: max(.zero, delay)) >= $0 } ?? false
    }

    /// Keeps what is to be known of an attempt that failed.
    mutating func noteFailure(_ id: JobID, _ error: String, now: Timestamp) {
        guard let record = entries[id]?.record else { return }
        entries[id]?.notes.failures.append(
            FailedAttempt(
                attempt: record.attempt, startedAt: record.startedAt ?? now, endedAt: now,
                worker: record.worker ?? "", error: ErrorText.cut(error)))
        if let count = entries[id]?.notes.failures.count, count > JobLimits.attemptsKept {
            entries[id]?.notes.failures.removeFirst(count - JobLimits.attemptsKept)
        }
    }

    mutating func reclaim(limit: Int, maxCrashes: Int, now: Timestamp) -> Reclaimed {
        var reclaimed = Reclaimed()
        while reclaimed.count < limit, let due = leases.first?.due, let id = leases.popDue(now) {
            // An entry of another time is from before the lease was extended.
            guard let entry = entries[id], entry.record.state == .running, entry.leaseUntil == due else { continue }
            takeBack(id, maxCrashes: maxCrashes, now: now, &reclaimed)
        }
        return reclaimed
    }

    mutating func reclaim(worker: String, limit: Int, maxCrashes: Int, now: Timestamp) -> Reclaimed {
        var reclaimed = Reclaimed()
        for id in running.first(limit, of: worker) {
            takeBack(id, maxCrashes: maxCrashes, now: now, &reclaimed)
        }
        return reclaimed
    }

    private mutating func takeBack(_ id: JobID, maxCrashes: Int, now: Timestamp, _ reclaimed: inout Reclaimed) {
        guard let entry = entries[id] else { return }
        counts.totals.reclaimed += 1
        entries[id]?.record.crashes += 1
        entries[id]?.token = 0
        let crashes = entry.record.crashes + 1
        let isPoison = crashes >= maxCrashes
        let error =
            isPoison ? ErrorText.poison(crashes: crashes, worker: entry.record.worker) : ErrorText.workerLost
        noteFailure(id, error, now: now)
        if let reason = entry.cancelReason {
            end(id, .cancelled, reason, now: now)
            reclaimed.cancelled.append(id)
        } else if isPoison {
            end(id, .failed, error, now: now)
            reclaimed.dead.append(id)
        } else {
            move(id, to: .queued, now: now)
            reclaimed.requeued.append(id)
        }
    }
}
