import RoostJobs

/// Goes through so many steps in so many seconds, and tells of each: a progress note and a line for the log.
struct DemoProgress: Job {
    static let type = "progress"

    /// 1 to 1,000.
    var steps: Int?
    /// 0 to a day, for all steps together.
    var seconds: Double?

    func run(_ context: JobContext) async throws -> Result {
        let steps = min(max(1, steps ?? 10), 1000)
        let pause = DemoSleep.duration(seconds: seconds ?? 5) / steps
        context.log("attempt \(context.attempt) starts, \(steps) steps")
        for step in 1...steps {
            try await Task.sleep(for: pause)
            context.progress(Double(step) / Double(steps), "step \(step) of \(steps)")
            context.log("step \(step) of \(steps) is done")
        }
        return Result(steps: steps)
    }

    /// How many steps there were.
    struct Result: Codable, Sendable {
        let steps: Int
    }
}
