import RoostJobs

/// Fails with a message: always, or in the attempts before `until_attempt`.
struct DemoFail: Job {
    static let type = "fail"

    var message: String?
    var untilAttempt: Int?

    private enum CodingKeys: String, CodingKey {
        case message
        case untilAttempt = "until_attempt"
    }

    func run(_ context: JobContext) async throws -> Result {
        if let untilAttempt, context.attempt >= untilAttempt { return Result(attempt: context.attempt) }
        throw Failure(description: message ?? "failed as asked")
    }

    /// Which attempt worked.
    struct Result: Codable, Sendable {
        let attempt: Int
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}
