public import RoostJobs

/// What the screen asks of the store beside the snapshots. Each is a fixed number of calls, however many jobs there are.
public enum ScreenRequest: Sendable, Equatable {
    /// A page of jobs.
    case jobs(JobQuery)
    /// One job, as a page of one or none.
    case find(JobID)
    /// The newest done jobs, for times: as many as that.
    case sample(Int)
    /// Every queue with its settings.
    case queues
    /// Every periodic job.
    case crons
    /// A job with everything that is known of it.
    case job(JobID)
}

/// The answer to a request.
public enum ScreenAnswer: Sendable {
    /// To `jobs`, `find` and `sample`.
    case page(JobPage)
    /// To `queues`.
    case queues([RoostJobs.QueueStatus])
    /// To `crons`.
    case crons([CronStatus])
    /// To `job`; nil when there is none.
    case job(JobDetail?)
}

/// What an operator does from the screen, after a question.
public enum ScreenAction: Sendable, Equatable {
    /// Pauses or resumes a queue.
    case pause(queue: String, Bool)
    /// Calls a job off.
    case cancel(JobID)
    /// Queues a dead letter or a cancelled job again.
    case replay(JobID)
    /// Deletes a job that does not run.
    case delete(JobID)
    /// Pauses or resumes a periodic job.
    case pauseCron(String, Bool)
    /// Makes the job of a periodic one now, outside its schedule.
    case runCron(String)
    /// Has a node claim no more jobs, or claim again.
    case drain(node: String, Bool)
}

/// A job with everything that is known of it.
public struct JobDetail: Sendable, Equatable {
    /// Its record.
    public var job: JobRecord
    /// Progress, log, failed attempts.
    public var notes: JobNotes
    /// Why it does not run, or where it does.
    public var reasons: [WaitReason]
    /// The jobs it waits or waited for.
    public var parents: [JobRecord]

    /// Joins the parts.
    public init(job: JobRecord, notes: JobNotes = .init(), reasons: [WaitReason] = [], parents: [JobRecord] = []) {
        self.job = job
        self.notes = notes
        self.reasons = reasons
        self.parents = parents
    }
}

/// Answers what the screen asks and does what its operator wants.
public protocol ScreenSource: Sendable {
    /// Answers; throws what is shown to the operator as it describes itself.
    func answer(_ request: ScreenRequest) async throws -> ScreenAnswer

    /// Acts; returns what came of it, in a sentence without a full stop. May be repeated.
    func act(_ action: ScreenAction) async throws -> String
}
