@testable import RoostJobs

/// Who keeps others with the same key away, and for how long.
extension Checker {
    /// Whether the job keeps others away: until its period is over, or without one as long as it is there.
    private func holds(_ truth: Truth, now: Timestamp) -> Bool {
        if truth.endState == .failed || truth.endState == .cancelled || truth.isReplayed { return false }
        if let period = truth.job.unique?.period {
            return truth.acceptedAt.advanced(by: period) > now && !truth.isDeleted
        }
        return truth.endState == nil || !truth.isOver(latest)
    }

    /// A job with a key was accepted: nobody kept it away.
    mutating func took(_ key: String, _ job: NewJob, now: Timestamp) {
        // Who took it last: what a clock that steps back makes of earlier ones does not matter.
        let last = takers.updateValue(job.id, forKey: key)
        guard let last, last != job.id, let other = jobs[last], holds(other, now: now) else { return }
        if job.unique?.conflict == .replace, case .waiting = other.place {
            // The poll looks whether it was told so.
            other.place = .ended(.cancelled, now)
        } else if holds(other, now: max(now, latest)) {
            // What was over before the clock stepped back may be over for good.
            fail("two jobs with the key \(key)")
        }
    }

    /// A job was kept away.
    mutating func existing(_ holder: JobID, _ job: NewJob, now: Timestamp) {
        guard let truth = jobs[holder] else { return fail("\(holder) keeps \(job.id) away and was never accepted") }
        if truth.job.uniqueKey != job.uniqueKey || truth.endState == .failed || truth.endState == .cancelled {
            return fail("\(holder) keeps \(job.id) away without right")
        }
        if truth.isReplayed { return }
        if let period = truth.job.unique?.period, truth.acceptedAt.advanced(by: period) <= now {
            fail("\(holder) keeps \(job.id) away after its period")
        }
        if job.unique?.conflict == .replace, case .waiting = truth.place {
            fail("\(holder) stays instead of \(job.id)")
        }
    }

    /// The job that this one would put off: one with its key that waits for its time.
    func extendable(_ job: NewJob, _ machine: MemoryMachine, now: Timestamp) -> JobID? {
        guard let rule = job.unique, rule.conflict == .extend, job.start.moment(now) > now,
            let holder = machine.keys[Array(rule.key.utf8)]?.id, let record = machine.live(holder, now: now)?.record,
            record.state == .scheduled, record.runAt != nil
        else { return nil }
        return holder
    }

    /// What became of it.
    mutating func extended(
        _ holder: JobID?, by job: NewJob, _ result: Enqueued?, _ machine: MemoryMachine, now: Timestamp
    ) {
        guard let holder, case .existing(holder) = result, let truth = jobs[holder] else { return }
        let time = job.start.moment(now)
        if machine.entries[holder]?.record.runAt != time { fail("\(holder) was not put off to \(time)") }
        if case .waiting = truth.place { truth.place = .waiting(time) }
    }
}
