import RoostJobs

/// One claimed job in one slot of a pool. A class, so that the table, the handler's task and the deadline share it
/// without copying the record.
final class Attempt: Sendable {
    let claim: Claim
    /// Its place in the table.
    let slot: Int
    let startedAt: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant

    init(_ claim: Claim, slot: Int, now: ContinuousClock.Instant) {
        self.claim = claim
        self.slot = slot
        startedAt = now
        deadline = now + min(max(.milliseconds(1), claim.job.timeout), JobLimits.longest)
    }
}
