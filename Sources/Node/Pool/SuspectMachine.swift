import RoostJobs

/// Keeps jobs that may have taken a worker down away from each other. Pure.
///
/// When a process dies nobody knows which of its jobs did it: each that ran there is a suspect. One that would be a dead
/// letter the next time runs only while this process holds no other suspect. So the one that does it is alone among
/// suspects when it is given up, and those that were beside it before end well.
struct SuspectMachine {
    /// Deaths after which the next one makes a dead letter; none where the first one does.
    private let last: Int
    /// Suspects this process holds, and whether each is at its last.
    private var held: [Claim.Ticket: Bool] = [:]

    init(maxCrashes: Int) { last = max(1, maxCrashes - 1) }

    /// Divides claims into those to run now and those to hand back for a moment; all are held until they `ended`.
    mutating func admit(_ claims: [Claim]) -> (run: [Claim], later: [Claim]) {
        let suspects = claims.filter { $0.job.crashes > 0 }
        guard !suspects.isEmpty else { return (claims, []) }
        for claim in suspects { held[claim.ticket] = claim.job.crashes >= last }
        if held.count == 1 || !held.values.contains(true) { return (claims, []) }
        // Not even one of them: it might do it before the others are handed back.
        return (claims.filter { $0.job.crashes == 0 }, suspects)
    }

    /// The store has the claim's outcome, or the lease is gone.
    mutating func ended(_ ticket: Claim.Ticket) { held[ticket] = nil }

    /// How long one that was handed back waits: at random, so that those of one death do not meet again.
    static func pause(using generator: inout some RandomNumberGenerator) -> Duration {
        .milliseconds(Int64.random(in: 100...2000, using: &generator))
    }
}
