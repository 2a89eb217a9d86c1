import RoostJobs

/// Computes for so many seconds, at most a day, without ever letting go of its thread: enough of them hold every core.
/// Heartbeats, leases and the mesh must not suffer from it. Ends early when cancelled.
struct DemoSpin: Job {
    static let type = "spin"

    var seconds: Double?

    func run(_ context: JobContext) async throws -> NoResult {
        let end = ContinuousClock.now + DemoSleep.duration(seconds: seconds ?? 1)
        var sum: UInt64 = 0
        while ContinuousClock.now < end, !Task.isCancelled {
            for number in 0..<10_000 as Range<UInt64> { sum = sum &* 31 &+ number }
        }
        return NoResult()
    }
}
