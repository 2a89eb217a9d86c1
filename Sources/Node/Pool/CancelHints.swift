import RoostJobs

/// Jobs of which a pool heard that somebody wants them cancelled. Pure.
///
/// A hint only says whom to ask the store about: it may come late, when the job was replayed and runs again. One may
/// also come before the claim it is about, since the store tells of a job it has handed out while the answer is still
/// on its way here.
struct CancelHints {
    /// Hints that are kept while a claim is under way; beyond that the next extension finds out.
    static let limit = 1000

    /// Running here.
    private var running: Set<JobID> = []
    /// Maybe on their way here.
    private var early: Set<JobID> = []
    /// Claims that were asked for.
    private var underWay = 0

    /// A claim is asked for, and no other is under way: what was heard before is not about what it will bring.
    mutating func claimBegins() {
        underWay = 1
        if !early.isEmpty { early = [] }
    }

    /// Another claim is asked for before the last was told of.
    mutating func claimBeginsAhead() { underWay += 1 }

    /// A claim was answered; true when the store should be asked about some of it.
    mutating func claimed(_ claims: [Claim]) -> Bool {
        underWay -= 1
        guard !early.isEmpty else { return false }
        running.formUnion(early.intersection(claims.map(\.job.id)))
        if underWay > 0 { early.subtract(running) } else { early = [] }
        return !running.isEmpty
    }

    /// A hint came; true when the store should be asked.
    mutating func add(_ id: JobID, runsHere: Bool) -> Bool {
        if runsHere {
            running.insert(id)
        } else if early.count < Self.limit {
            early.insert(id)
        }
        return runsHere
    }

    /// Whether a hint waits for its claim.
    func isWaiting(_ id: JobID) -> Bool { early.contains(id) }

    /// What the store is to be asked about.
    mutating func take() -> Set<JobID> {
        defer { running = [] }
        return running
    }
}
