import Synchronization

/// Makes ids that only grow within one process, also when the wall clock stands still or steps back.
public final class JobIDGenerator: Sendable {
    private let last = Mutex(JobID(high: 0, low: 0))

    /// The process's own generator.
    public static let shared = JobIDGenerator()

    /// A generator of its own; two of them do not know each other's last id.
    public init() {}

    /// The next id; `now` is the caller's wall clock.
    public func next(now: Timestamp = .now()) -> JobID {
        let random = UInt64.random(in: 0 ... .max)
        let fresh = JobID(
            high: (UInt64(clamping: now.milliseconds) & 0xFFFF_FFFF_FFFF) << 16 | UInt64.random(in: 0...0xFFFF),
            low: random)
        return last.withLock { last in
            // Within one millisecond the spec counts up; a small random step keeps ids unguessable.
            if fresh.high >> 16 > last.high >> 16 {
                last = fresh
            } else {
                let (low, carried) = last.low.addingReportingOverflow(UInt64.random(in: 1...0xFFFF_FFFF))
                last = JobID(high: last.high &+ (carried ? 1 : 0), low: low)
            }
            return last
        }
    }
}
