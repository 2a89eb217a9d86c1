import RoostJobs
import Synchronization

/// One claimed job in one slot of a pool. A class, so that the table, the handler's task and the deadline share it
/// without copying the record.
final class Attempt: Sendable {
    let claim: Claim
    /// Its place in the table.
    let slot: Int
    let startedAt: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant
    /// Whether the job's own deadline comes before the attempt's time is over.
    let isCutShort: Bool
    /// What its handler told and the store does not have yet.
    let notes = Mutex(NoteDesk.Notes())

    init(_ claim: Claim, slot: Int, now: ContinuousClock.Instant) {
        self.claim = claim
        self.slot = slot
        startedAt = now
        let job = claim.job
        let timeout = min(max(.milliseconds(1), job.timeout), JobLimits.longest)
        // The store wrote down the claim's moment by the clock its deadlines go by: ours does not matter.
        let left = job.deadline.map { max(.milliseconds(1), $0.since(job.startedAt ?? .now())) }
        isCutShort = left.map { $0 < timeout } ?? false
        deadline = now + min(timeout, left ?? timeout)
    }
}
