import RoostJobs

/// How long something took, in buckets.
struct DurationHistogram: Sendable, Equatable {
    /// The upper bounds of the buckets, that of the last one, which has none, left out.
    static let bounds: [Duration] = [
        .microseconds(500), .milliseconds(1), .microseconds(2500), .milliseconds(5), .milliseconds(10),
        .milliseconds(25), .milliseconds(50), .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1),
        .milliseconds(2500), .seconds(5), .seconds(10), .seconds(30),
    ]

    /// How many were in each bucket with a bound.
    private(set) var counts = [Int](repeating: 0, count: bounds.count)
    private(set) var count = 0
    private(set) var sum = Duration.zero

    mutating func add(_ duration: Duration) {
        count += 1
        sum += duration
        if let bucket = Self.bounds.firstIndex(where: { duration <= $0 }) { counts[bucket] += 1 }
    }
}

extension DurationHistogram {
    /// Adds what another one has.
    mutating func add(_ other: DurationHistogram) {
        count += other.count
        sum += other.sum
        for index in counts.indices { counts[index] += other.counts[index] }
    }
}
