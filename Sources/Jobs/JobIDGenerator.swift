import Glibc
import Synchronization

/// Makes ids that only grow within one process, also when the wall clock stands still or steps back.
public final class JobIDGenerator: Sendable {
    private struct State {
        var last = JobID(high: 0, low: 0)
        var random = RandomPool()
    }

    private let state = Mutex(State())

    /// The process's own generator.
    public static let shared = JobIDGenerator()

    /// A generator of its own; two of them do not know each other's last id.
    public init() {}

    /// The next id; `now` is the caller's wall clock.
    public func next(now: Timestamp = .now()) -> JobID {
        let time = UInt64(clamping: now.milliseconds) & 0xFFFF_FFFF_FFFF
        return state.withLock { state in
            // Within one millisecond the spec counts up; a small random step keeps ids unguessable.
            if time > state.last.high >> 16 {
                state.last = JobID(high: time << 16 | state.random.next() >> 48, low: state.random.next())
            } else {
                let step = state.random.next() >> 32 | 1
                let (low, carried) = state.last.low.addingReportingOverflow(step)
                state.last = JobID(high: state.last.high &+ (carried ? 1 : 0), low: low)
            }
            return state.last
        }
    }
}

/// The kernel's random numbers, fetched many at a time: a call for each would cost more than the rest of an id.
private struct RandomPool {
    private var words: [UInt64] = []

    mutating func next() -> UInt64 {
        if let word = words.popLast() { return word }
        // As many as one call gives.
        let count = 32
        words = [UInt64](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = buffer.baseAddress.map { getentropy($0, count * 8) } == 0 ? count : 0
        }
        // Only a kernel that has none of its own could refuse.
        return words.popLast() ?? UInt64.random(in: 0 ... .max)
    }
}
