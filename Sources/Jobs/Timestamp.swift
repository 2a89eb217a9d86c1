import Glibc

/// A moment on a wall clock: microseconds since 1970-01-01T00:00:00Z, as Redis' TIME tells it.
///
/// Only for display, for ids and for comparing with a store's clock; timeouts use monotonic clocks.
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Microseconds since 1970.
    public let microseconds: Int64

    /// A moment given in microseconds since 1970, kept within the years 1970 to 9999.
    public init(microseconds: Int64) {
        self.microseconds = min(max(0, microseconds), Self.latest)
    }

    /// A moment given in milliseconds since 1970, kept within the years 1970 to 9999.
    public init(milliseconds: Int64) {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1000)
        self.init(microseconds: overflow ? (milliseconds < 0 ? .min : .max) : product)
    }

    /// Milliseconds since 1970.
    public var milliseconds: Int64 { microseconds / 1000 }

    /// This machine's wall clock.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// The moment `duration` later, kept within range.
    public func advanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(duration.clampedMicroseconds)
        return Timestamp(microseconds: overflow ? .max : sum)
    }

    /// The time from `earlier` to this moment; negative when `earlier` is later.
    public func since(_ earlier: Timestamp) -> Duration { .microseconds(microseconds - earlier.microseconds) }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    private static let latest: Int64 = 253_402_300_799_999_999
}

extension Duration {
    /// This duration in whole microseconds, clamped to what an `Int64` holds.
    public var clampedMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return overflowed ? (seconds < 0 ? .min : .max) : sum
    }

    /// This duration in whole milliseconds, clamped to what an `Int64` holds.
    public var clampedMilliseconds: Int64 { clampedMicroseconds / 1000 }

    /// This duration in seconds.
    public var inSeconds: Double { Double(clampedMicroseconds) / 1_000_000 }
}
