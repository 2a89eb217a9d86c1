import RoostJobs

/// What a handler told and the store does not have yet, of one attempt. Pure: the caller brings the time, sends what is
/// taken and wakes it when it is told to.
///
/// The newest progress note replaces the ones before, lines gather; a store that is away costs lines, the oldest first,
/// never the attempt.
struct NoteBuffer {
    /// From one send to the next: some four a second.
    static let interval = Duration.milliseconds(250)
    /// From the first note to its send, so that what is told together is sent together.
    static let gathering = Duration.milliseconds(50)
    /// After a send that failed.
    static let pause = Duration.seconds(1)
    /// The most lines that wait, and the bound of a store's scripts.
    static let lines = 500

    /// What is sent in one call.
    struct Batch: Equatable {
        var progress: [UInt8]?
        var log: [String]
        /// Lines that were dropped before these.
        var gap: Int

        /// The lines, with one about those that are missing.
        var lines: [String] { gap == 0 ? log : ["(\(gap) lines were dropped here)"] + log }
    }

    /// What became of a batch.
    enum End: Equatable {
        /// The store has it.
        case kept
        /// Not now: it may be sent again.
        case failed
        /// The store will never take it.
        case refused
        /// The claim is lost, and with it every further note.
        case lost
    }

    /// Lines that will not reach the store.
    private(set) var dropped = 0
    private var progress: [UInt8]?
    private var log: [String] = []
    private var bytes = 0
    /// Dropped lines the log does not tell of yet.
    private var gap = 0
    private var isArmed = false
    private var isSending = false
    private var isClosed = false
    private var earliest: ContinuousClock.Instant?

    /// Takes a progress note; returns when to wake, if somebody must.
    mutating func tell(progress note: [UInt8], now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard !isClosed else { return nil }
        progress = note
        return arm(now)
    }

    /// Takes a line; returns when to wake, if somebody must.
    mutating func tell(line: String, now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard !isClosed else { return nil }
        append([LogLine.cut(line)])
        return arm(now)
    }

    /// The time has come: what to send, if anything.
    mutating func wake(now: ContinuousClock.Instant) -> Batch? {
        isArmed = false
        guard !isClosed, !isSending else { return nil }
        return take(now)
    }

    /// A batch was sent; returns when to wake, if somebody must.
    mutating func sent(_ batch: Batch, _ end: End, now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        isSending = false
        switch end {
        case .kept: break
        case .failed:
            progress = progress ?? batch.progress
            gap += batch.gap
            let newer = log
            (log, bytes) = ([], 0)
            append(batch.log + newer)
            earliest = now + Self.pause
        case .refused: dropped += batch.log.count
        case .lost:
            dropped += batch.log.count
            abandon()
        }
        return isClosed ? nil : arm(now)
    }

    /// Whether there is nothing to send and nothing was lost: of most attempts.
    var isSilent: Bool { progress == nil && log.isEmpty && dropped == 0 }

    /// The attempt ends: nothing more is taken. Call `takeLast` once nothing is being sent.
    mutating func close() { isClosed = true }

    /// What is left, to be sent before the attempt's end is recorded.
    mutating func takeLast(now: ContinuousClock.Instant) -> Batch? { take(now) }

    /// Nothing that is left can be sent.
    mutating func abandon() {
        isClosed = true
        dropped += log.count
        (progress, log, bytes) = (nil, [], 0)
    }

    private mutating func arm(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard !isArmed, !isSending, progress != nil || !log.isEmpty else { return nil }
        isArmed = true
        return max(now + Self.gathering, earliest ?? now)
    }

    private mutating func take(_ now: ContinuousClock.Instant) -> Batch? {
        guard progress != nil || !log.isEmpty else { return nil }
        let batch = Batch(progress: progress, log: log, gap: gap)
        (progress, log, bytes, gap) = (nil, [], 0, 0)
        isSending = true
        earliest = now + Self.interval
        return batch
    }

    private mutating func append(_ lines: [String]) {
        log += lines
        bytes += lines.reduce(0) { $0 + $1.utf8.count }
        var surplus = 0
        while log.count - surplus >= Self.lines || bytes > JobLimits.logBytes, surplus < log.count {
            bytes -= log[surplus].utf8.count
            surplus += 1
        }
        guard surplus > 0 else { return }
        log.removeFirst(surplus)
        gap += surplus
        dropped += surplus
    }
}
