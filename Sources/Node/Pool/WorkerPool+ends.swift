import RoostJobs
import Synchronization

/// Taking outcomes away from handlers, draining, and looking.
extension WorkerPool {
    /// Ends the attempts that are past their deadline, or past the grace of a cancel; returns the next deadline.
    func expire(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let (taken, next) = state.withLock { $0.table.expire(now: now) }
        for one in taken { end(one, parts.runner.timedOut(one.attempt)) }
        return next
    }

    /// Cancels the attempts whose lease is gone.
    func lose(_ tickets: Set<Claim.Ticket>) {
        let lost = change { $0.table.lose(tickets) }
        for one in lost {
            one.task?.cancel()
            parts.suspects.ended(one.attempt.claim)
            let dropped = parts.notes.abandon(one.attempt)
            if dropped > 0 { change { $0.table.counters.linesDropped += dropped } }
            log(one.attempt, .leaseLost)
        }
    }

    /// Cancels the tasks of running attempts and gives their handlers the grace time to end; false when none runs here.
    func cancel(reason: String, where condition: (Attempt) -> Bool) -> Bool {
        let until = ContinuousClock.now + parts.cancelGrace
        let found = state.withLock {
            $0.table.cancel(reason: ErrorText.cut(reason), until: until, where: condition)
        }
        for task in found.tasks { task.cancel() }
        if found.mustRearm { parts.signals.rearmed.notify() }
        return found.runs
    }

    /// Hands back everything that runs, without waiting for the handlers.
    func handBack() {
        let taken = state.withLock { $0.table.take { _ in true } }
        for one in taken { end(one, .released) }
    }

    private func end(_ taken: AttemptTable.Taken, _ outcome: Outcome) {
        taken.task?.cancel()
        settleApart(taken.attempt, taken.cancelReason.map { .cancelled(reason: $0) } ?? outcome)
    }

    /// Somebody may want a job cancelled; true when the store should be asked now.
    func hint(_ id: JobID) -> Bool {
        state.withLock { state in
            state.hints.add(id, runsHere: state.table.runs(id))
        }
    }

    /// The tickets of running jobs that were hinted at since the last call.
    func takeHinted() -> [Claim.Ticket] {
        state.withLock { state in
            let ids = state.hints.take()
            return ids.isEmpty ? [] : state.table.tickets.filter { ids.contains($0.id) }
        }
    }

    /// Ends claiming for good: cancels the claim that waits.
    func stopClaiming() {
        let claimer = change { state in
            state.isDraining = true
            return state.claimer
        }
        claimer?.cancel()
    }

    /// Ends claiming until `resumeClaiming()`: cancels the claim that waits.
    func quietClaiming() {
        let claimer = change { state in
            state.isQuiet = true
            return state.claimer
        }
        claimer?.cancel()
    }

    /// What runs and what ran.
    func snapshot() -> PoolSnapshot { state.withLock { PoolSnapshot($0.table, isDraining: !$0.takesJobs) } }
}
