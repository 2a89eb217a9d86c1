/// What an ingest does next: first what it owns already, then from time to time what others left, else what is new.
/// A value that is told what happened; it knows no clock and does nothing itself.
struct IngestCourse {
    enum Action: Equatable {
        /// Make the consumer group.
        case makeGroup
        /// Read entries this consumer owns, behind the one given.
        case own(after: String, count: Int)
        /// Read the first of them in pieces: it is more than a reply may hold.
        case look(after: String)
        /// Take over what others have not acknowledged for long.
        case takeOver(cursor: String, count: Int)
        /// Forget consumers that are long gone.
        case forget
        /// Wait for new entries.
        case new(count: Int, block: Duration)
    }

    /// What an action found.
    struct Found: Equatable {
        /// Ids of the entries, as they came.
        var entries: [String] = []
        /// Entries that must wait, for their queue is full.
        var left = 0
        /// Where to go on taking over; nil: that is over.
        var cursor: String?
        /// Whether entries were taken over that are no more: Redis 6.2 does not say which.
        var hasGone = false
    }

    private let most: Int
    private let block: Duration
    private let pace: Duration
    private var count: Int
    private var hasGroup = false
    /// Behind which of its own entries to read on; nil when it owns none.
    private var own: String? = "0"
    private var isLeft = false
    private var looks = false
    private var cursor: String?
    private var forgets = false
    private var nextTakeOver: ContinuousClock.Instant

    init(_ configuration: RedisIngestConfiguration, now: ContinuousClock.Instant) {
        most = min(max(1, configuration.batch), 500)
        count = most
        block = min(max(.milliseconds(1), configuration.block), .seconds(2))
        pace = min(max(.milliseconds(10), configuration.idle / 3), .seconds(3600))
        nextTakeOver = now
    }

    func next(now: ContinuousClock.Instant) -> Action {
        if !hasGroup { return .makeGroup }
        if let own { return looks ? .look(after: own) : .own(after: own, count: count) }
        if let cursor { return .takeOver(cursor: cursor, count: count) }
        if forgets { return .forget }
        if now >= nextTakeOver { return .takeOver(cursor: "0-0", count: count) }
        return .new(count: count, block: min(block, max(.milliseconds(1), nextTakeOver - now)))
    }

    mutating func did(_ action: Action, _ found: Found = Found(), now: ContinuousClock.Instant) {
        if found.left > 0 { isLeft = true }
        switch action {
        case .makeGroup: hasGroup = true
        case .own, .look:
            own = found.entries.last ?? (isLeft ? "0" : nil)
            if found.entries.isEmpty { isLeft = false }
        case .takeOver:
            cursor = found.cursor
            if cursor == nil {
                nextTakeOver = now + pace
                forgets = true
            }
            if found.left > 0 || found.hasGone { own = "0" }
        case .forget: forgets = false
        case .new: if found.left > 0 { own = "0" }
        }
        looks = false
        count = min(most, count * 2)
    }

    /// The last action failed: what it fetched is owned now, and not dealt with.
    mutating func failed() { own = "0" }

    /// The group is not there any more.
    mutating func groupIsGone() {
        hasGroup = false
        cursor = nil
    }

    /// The last action found more than a reply may hold. What it found is owned all the same.
    mutating func tooLarge(_ action: Action) {
        // One entry alone is too large: then it is looked at in pieces.
        if case .own = action, count == 1 { looks = true }
        count = max(1, count / 4)
    }
}
