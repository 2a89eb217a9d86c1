@testable import RoostJobs

/// What the checker knows of one job, from the answers that were given and nothing else.
final class Truth {
    enum Place: Equatable {
        /// Not to start before this; 0: at any time.
        case waiting(Timestamp)
        case running(token: UInt64, worker: String, leaseUntil: Timestamp)
        case ended(JobState, Timestamp)
    }

    static let anyTime = Timestamp(microseconds: 0)

    let job: NewJob
    let acceptedAt: Timestamp
    var place: Place { didSet { if case .ended(let state, _) = place { ends.append(state) } } }
    /// The attempt that must come next.
    var nextAttempt = 1
    /// Attempts whose outcome was recorded.
    var settled: Set<UInt64> = []
    var crashes = 0
    var isWished = false
    var hasStarted = false
    var isReplayed = false
    /// How its lives ended, replays included.
    var ends: [JobState] = []
    /// Parents that had not ended when it was accepted, and which of their ends it waits for.
    var awaited: [(parent: JobID, end: Int)] = []
    /// Parents that had failed or were not there when it was accepted.
    var lost: [JobID] = []
    /// Whether the same id was accepted before and had its time.
    var isReborn = false
    /// Parents that were there when it was accepted: kept until it has ended.
    var needs: [Truth] = []
    /// Whether it is in anybody's `needs`.
    var isNamed = false
    /// Whether somebody deleted it, and whether it was pruned because there were too many.
    var isDeleted = false
    var isPruned = false
    /// Whether its last end is one that the feed does not have.
    var isUnfed = false
    /// The last progress note that was taken.
    var progress: [UInt8]?
    var result: [UInt8]?
    var error: String?

    init(_ job: NewJob, now: Timestamp) {
        self.job = job
        acceptedAt = now
        place = .waiting(job.start == .now ? Self.anyTime : job.start.moment(now))
    }

    var startBy: Timestamp? { hasStarted || isReplayed ? nil : job.startBy?.moment(acceptedAt) }
    var deadline: Timestamp? { isReplayed ? nil : job.deadline?.moment(acceptedAt) }

    var endState: JobState? { if case .ended(let state, _) = place { state } else { nil } }

    var isRunning: Bool { if case .running = place { true } else { false } }

    /// Whether its record may be gone.
    func isOver(_ now: Timestamp) -> Bool {
        if isDeleted || isPruned { return true }
        guard case .ended(let state, let at) = place else { return false }
        return at.advanced(by: state == .failed ? JobDefaults.deadTTL : job.resultTTL) <= now
    }
}
