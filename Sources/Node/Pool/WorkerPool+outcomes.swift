import Logging
import RoostJobs

/// Bringing outcomes to the store.
extension WorkerPool {
    /// Brings what has gathered to the store, many in one call, until nothing is left.
    func carryOutcomes() async {
        while let ends = outcomes.next() {
            do throws(StoreError) {
                let settlements = try await parts.settler.settle(
                    ends.map { end in
                        let claim = end.attempt.claim
                        return AttemptEnd(claim.ticket, end.outcome, payloadBytes: claim.job.payload.count)
                    })
                let results = zip(ends, settlements).map { end, settlement in
                    (end.attempt, settlement == .settled ? Settler.End.settled(end.outcome) : .leaseLost)
                }
                finish(results)
            } catch {
                // The store is away, or something is wrong with one of them: what to do about each the settler knows.
                for end in ends + outcomes.takeAll() { settleApart(end.attempt, end.outcome) }
            }
        }
    }

    /// Brings one to the store after what its handler told, however long the store is away.
    func settle(_ attempt: Attempt, _ outcome: Outcome) async {
        let dropped = await parts.notes.close(attempt)
        finish([(attempt, await parts.settler.settle(attempt.claim.ticket, outcome))], linesDropped: dropped)
    }

    private func finish(_ results: [(Attempt, Settler.End)], linesDropped: Int = 0) {
        for (attempt, _) in results { parts.suspects.ended(attempt.claim) }
        change { state in
            state.table.counters.linesDropped += linesDropped
            for (attempt, end) in results { state.table.settled(attempt, end) }
        }
        for (attempt, end) in results { log(attempt, end) }
    }

    /// Settles in a task that nobody cancels, on the thread that no handler blocks; the drain awaits it by the table.
    func settleApart(_ attempt: Attempt, _ outcome: Outcome) {
        Task(executorPreference: parts.executor) { await self.settle(attempt, outcome) }
    }

    func log(_ attempt: Attempt, _ end: Settler.End) {
        let (level, message, error): (Logger.Level, Logger.Message, String?) =
            switch end {
            case .settled(.failed(let error)): (.warning, "job failed for good", error)
            case .settled(.retry(_, let error)): (.info, "job failed, will be tried again", error)
            case .settled(.cancelled(let reason)): (.info, "job cancelled while it ran", reason)
            case .leaseLost: (.warning, "lease lost, attempt dropped", nil)
            case .abandoned: (.error, "attempt abandoned, its lease will run out", nil)
            case .settled: (.debug, "attempt ended", nil)
            }
        guard level >= parts.logger.logLevel else { return }
        let job = attempt.claim.job
        var metadata: Logger.Metadata = ["job": "\(job.id)", "type": "\(job.type)", "attempt": "\(job.attempt)"]
        if let error { metadata["error"] = "\(error)" }
        parts.logger.log(level: level, message, metadata: metadata)
    }
}
