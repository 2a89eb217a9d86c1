import RoostJobs

/// One claim on its way through bands, queues and limits. Belongs to the writer's thread.
final class ClaimRound {
    /// Payload bytes one claim hands out at most, unless the first job alone has more.
    private static let claimedBytes = 64 << 20
    /// Overdue jobs one claim ends at most, so that nobody waits long for it.
    private static let ended = 1000

    private(set) var claimed = SQLiteTransaction.Claimed()
    private let request: ClaimRequest
    private let transaction: SQLiteTransaction
    /// What holds for the queues that have settings.
    private var limits: [String: QueueSettings] = [:]
    /// How many jobs of a queue may start, by its number among the queues asked for.
    private var rooms: [Int] = []
    /// The queues asked for, each once.
    private var queues: [String] = []
    /// What waits, by band and then by queue as asked.
    private var lines: [(queue: Int, line: ReadyLine)] = []
    /// Which lines belong to a band, the first band first.
    private var bands: [Range<Int>] = []
    private var started: [SQLiteLedger.Scope: Int] = [:]
    private var rates: [SQLiteLedger.Scope: RateLimit] = [:]
    private var bytes = 0
    private var ended = 0

    init(_ request: ClaimRequest, in transaction: SQLiteTransaction) {
        self.request = request
        self.transaction = transaction
        for queue in request.queues where !queues.contains(queue) { queues.append(queue) }
        for queue in queues + [QueueSettings.all] { limits[queue] = transaction.settings(queue) }
    }

    /// Takes what there is and may start.
    func run() throws(SQLiteFailure) {
        let most = roomForAll()
        guard most > 0 else { return }
        openLines()
        // Records are large: they are not to be moved when the array grows.
        let waiting = queues.reduce(0) { $0 + transaction.count($1, .queued) }
        claimed.claims.reserveCapacity(max(0, min(most, waiting)))
        let all = 0..<lines.count
        let turns = transaction.change.figures.turns
        let shares = bands.count > 1 ? (turns + most) / 10 - turns / 10 : 0
        try take(upTo: most - shares, all)
        for share in 0..<shares {
            _ = try next(bands[(turns / 10 + share) % (bands.count - 1) + 1])
        }
        if bands.count > 1 { transaction.change.figures.turns = turns + most }
        try take(upTo: most, all)
        try transaction.keepStarts(started, rates)
    }

    private func take(upTo count: Int, _ some: Range<Int>) throws(SQLiteFailure) {
        while claimed.claims.count < count, try next(some) {}
    }

    // MARK: Limits

    /// How many jobs all limits together let the request have.
    private func roomForAll() -> Int {
        var sum = 0
        for queue in queues {
            let room = min(request.limit, room(queue))
            rooms.append(room)
            sum = min(request.limit, sum + room)
        }
        return min(sum, room(QueueSettings.all))
    }

    private func room(_ queue: String) -> Int {
        guard let limits = limits[queue] else { return .max }
        if limits.isPaused { return 0 }
        var room = Int.max
        if let concurrency = limits.concurrency {
            let busy = queue == QueueSettings.all ? transaction.running : transaction.count(queue, .running)
            room = max(0, concurrency - busy)
        }
        if let rate = limits.rate {
            let scope = SQLiteLedger.Scope(queue: queue, tenant: nil)
            room = min(room, left(rate, scope))
        }
        return room
    }

    private func left(_ rate: RateLimit, _ scope: SQLiteLedger.Scope) -> Int {
        rates[scope] = rate
        let (left, next) = transaction.room(rate, scope)
        if let next { claimed.retryAt = claimed.retryAt.map { min($0, next) } ?? next }
        return left
    }

    /// Whether a job of the tenant may start.
    func mayStart(_ tenant: String, of queue: String) -> Bool {
        guard let limits = limits[queue] else { return true }
        let scope = SQLiteLedger.Scope(queue: queue, tenant: tenant)
        if let concurrency = limits.tenantConcurrency, transaction.running(scope) >= concurrency { return false }
        return limits.tenantRate.map { left($0, scope) > 0 } ?? true
    }

    private func started(_ job: JobRecord) {
        guard !rates.isEmpty else { return }
        var scopes = [
            SQLiteLedger.Scope(queue: job.queue, tenant: nil), .init(queue: QueueSettings.all, tenant: nil),
        ]
        if let tenant = job.tenant { scopes.append(.init(queue: job.queue, tenant: tenant)) }
        for scope in scopes where rates[scope] != nil {
            started[scope, default: 0] += 1
            transaction.change.starts[scope, default: 0] += 1
        }
    }

    // MARK: Lines

    /// Prepares what may be taken from.
    private func openLines() {
        for priority in 1...10 {
            let first = lines.count
            for (number, queue) in queues.enumerated() where !(limits[queue]?.isPaused ?? false) {
                let band = SQLiteLedger.Band(queue: queue, priority: priority)
                if let line = ReadyLine(band, types: request.types, limit: request.limit, of: transaction) {
                    lines.append((number, line))
                }
            }
            if lines.count > first { bands.append(first..<lines.count) }
        }
    }

    /// Starts the next job of the lines; false when there is none, or the claim has enough.
    private func next(_ some: Range<Int>) throws(SQLiteFailure) -> Bool {
        for index in some {
            let number = lines[index].queue
            while rooms[number] > 0, bytes < Self.claimedBytes, ended < Self.ended,
                let id = try lines[index].line.next(
                    transaction, mayStart: { self.mayStart($0, of: self.queues[number]) })
            {
                guard let claim = try transaction.start(id, for: request) else {
                    ended += 1
                    claimed.gaveUp = ended == Self.ended
                    continue
                }
                bytes += claim.job.payload.count
                rooms[number] -= 1
                started(claim.job)
                claimed.claims.append(claim)
                return true
            }
        }
        return false
    }
}
