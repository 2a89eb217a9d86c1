import RoostJobs

/// Sleeps for so many seconds, at most a day; ends early when cancelled.
struct DemoSleep: Job {
    static let type = "sleep"

    var seconds: Double?

    func run(_ context: JobContext) async throws -> NoResult {
        try await Task.sleep(for: Self.duration(seconds: seconds ?? 1))
        return NoResult()
    }

    /// Never traps: `Duration.seconds(1e300)` would.
    static func duration(seconds: Double) -> Duration {
        .milliseconds(Int64(min(max(0, seconds.isFinite ? seconds : 0), 86_400) * 1000))
    }
}
