import RoostJobs

/// How fast a member works: a mean of its sums' growth in which the last seconds weigh most. No clock.
struct JobPace: Sendable {
    /// Jobs per second; nil before two readings that differ in time.
    private(set) var rate: Double?
    private var last: (count: Int, at: ContinuousClock.Instant)?

    /// How much the newest reading weighs: members tell their sums with each heartbeat only.
    private static let weight = 0.3

    mutating func take(_ count: Int, at now: ContinuousClock.Instant) {
        defer { last = (count, now) }
        guard let last else { return }
        let seconds = (now - last.at).inSeconds
        guard seconds > 0 else { return }
        let fresh = Double(max(0, count.subtractingReportingOverflow(last.count).partialValue)) / seconds
        // From nothing upwards: the first readings of a member just met jump.
        let mean = (rate ?? 0) + Self.weight * (fresh - (rate ?? 0))
        rate = (mean * 100).rounded() / 100
    }
}
