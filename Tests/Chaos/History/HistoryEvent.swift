import RoostJobs

/// A moment: microseconds since 1970 on the one clock that all processes of this machine share.
typealias Moment = Int64

/// One thing that was seen from outside of the system under test.
enum HistoryEvent: Sendable, Equatable, Codable {
    case submit(Submit)
    case start(Start)
    case end(End)
    case effect(op: String, key: String)
    case poll(Poll)
    case cancel(Cancel)
    /// Nobody may start a job of the queue from the acknowledgement of the pause to the request to resume.
    case pause(queue: String, acknowledged: Moment, resumed: Moment)
    case fault(Fault)

    /// A request to accept a job, and what came back.
    struct Submit: Sendable, Equatable, Codable {
        enum Answer: Sendable, Equatable, Codable {
            case ok(job: String)
            /// It was said that the job is not taken.
            case refused(String)
            /// Nobody knows whether it was taken.
            case unknown(String)
        }

        /// The client's own name for it.
        let op: String
        let sent: Moment
        let at: Moment
        /// How long after its acceptance it may start at the earliest, microseconds.
        var delay: Int64 = 0
        /// Attempts that were asked to fail.
        var failures = 0
        /// How long its result is to be kept, microseconds.
        var ttl: Int64 = 86_400_000_000
        let answer: Answer
    }

    /// A handler began.
    struct Start: Sendable, Equatable, Codable {
        let op: String
        let job: String
        let attempt: Int
        let pid: Int32
        let at: Moment
    }

    /// A handler ended.
    struct End: Sendable, Equatable, Codable {
        enum Outcome: String, Sendable, Codable { case ok, error, cancelled }

        let op: String
        let job: String
        let attempt: Int
        let pid: Int32
        let at: Moment
        let outcome: Outcome
        var result: String?
    }

    /// The job as the system showed it; no state: it was said that there is no such job.
    struct Poll: Sendable, Equatable, Codable {
        let job: String
        let sent: Moment
        let at: Moment
        var op = ""
        var queue = ""
        var state: JobState?
        var attempt = 0
        var crashes = 0
        var started: Moment?
        var finished: Moment?
        var expires: Moment?
        var result: String?
        var error: String?
    }

    /// A request to cancel, and what came back.
    struct Cancel: Sendable, Equatable, Codable {
        enum Answer: String, Sendable, Codable {
            /// It has ended by it.
            case cancelled
            /// It runs, and its worker will be told.
            case requested
            case refused, unknown
        }

        let job: String
        let sent: Moment
        let at: Moment
        let answer: Answer
    }

    /// What was done to the system.
    struct Fault: Sendable, Equatable, Codable {
        let kind: FaultKind
        /// The processes it befell; none: every one.
        var pids: [Int32] = []
        let from: Moment
        let to: Moment
    }
}
