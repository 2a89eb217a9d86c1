import RoostJobs
import Synchronization

/// A wall clock that a test sets.
final class ClockHands: Sendable {
    private let time: Mutex<Timestamp>

    init(_ rfc3339: String) { time = Mutex(Timestamp(rfc3339: rfc3339) ?? .now()) }

    var now: Timestamp { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }

    /// A memory store that goes by this clock.
    func store() -> MemoryStore { MemoryStore { self.now } }
}

/// A moment given as RFC 3339; the beginning of 1970 for what is none.
func moment(_ rfc3339: String) -> Timestamp { Timestamp(rfc3339: rfc3339) ?? Timestamp(microseconds: 0) }
