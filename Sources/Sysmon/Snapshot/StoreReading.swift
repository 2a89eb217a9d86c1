import RoostJobs

/// What came of asking the store once.
enum StoreReading: Sendable {
    /// It answered.
    case answered(StoreCounts, StoreHealth)
    /// It did not, with the reason; what it said of itself, if it did.
    case away(String, StoreHealth?)
}

/// A moment on both clocks: the wall's for display, the monotonic one for every difference.
struct Moment: Sendable {
    var wall: Timestamp
    var steady: ContinuousClock.Instant

    static func now() -> Moment { Moment(wall: .now(), steady: .now) }
}
