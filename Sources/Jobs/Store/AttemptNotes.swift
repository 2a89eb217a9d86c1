/// What a handler tells while it runs, and what is kept of attempts that failed.
public protocol AttemptNotes: Sendable {
    /// Keeps a progress note, lines for the job's log, or both; refused when the claim is lost. Bounded by `JobLimits`:
    /// a longer note throws `.invalid`, longer lines are cut, the oldest lines go.
    func note(_ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]) async throws(StoreError) -> Settlement

    /// What is kept about a job beside its record; nil when there is no such job.
    func notes(_ id: JobID) async throws(StoreError) -> JobNotes?

    /// The jobs a job waits or waited for, in the order they were named. Those that were there when it was accepted are kept
    /// until it has ended, unless somebody deletes them; later as long as any job.
    func parents(of id: JobID) async throws(StoreError) -> [JobRecord]
}

/// What is kept about a job beside its record.
public struct JobNotes: Sendable, Equatable {
    /// The last progress note: JSON bytes.
    public var progress: [UInt8]?
    /// The log, oldest line first.
    public var log: [LogLine]
    /// Failed attempts, oldest first, at most `JobLimits.attemptsKept`.
    public var failures: [FailedAttempt]
    /// Whether somebody wants it cancelled, and why.
    public var cancelReason: String?

    /// Notes.
    public init(
        progress: [UInt8]? = nil, log: [LogLine] = [], failures: [FailedAttempt] = [], cancelReason: String? = nil
    ) {
        self.progress = progress
        self.log = log
        self.failures = failures
        self.cancelReason = cancelReason
    }
}

/// One line of a job's log.
public struct LogLine: Sendable, Equatable {
    /// When the store took it.
    public var at: Timestamp
    /// The attempt it is of.
    public var attempt: Int
    /// What it says.
    public var text: String

    /// A line.
    public init(at: Timestamp, attempt: Int, text: String) {
        self.at = at
        self.attempt = attempt
        self.text = text
    }
}

/// An attempt that failed or whose worker was lost.
public struct FailedAttempt: Sendable, Equatable {
    /// Its number, from 1.
    public var attempt: Int
    /// When it started.
    public var startedAt: Timestamp
    /// When it ended.
    public var endedAt: Timestamp
    /// Who ran it.
    public var worker: String
    /// Why it failed.
    public var error: String

    /// An attempt.
    public init(attempt: Int, startedAt: Timestamp, endedAt: Timestamp, worker: String, error: String) {
        self.attempt = attempt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.worker = worker
        self.error = error
    }
}

extension LogLine {
    /// The text of a line, cut to `JobLimits.logLineBytes` between two characters.
    public static func cut(_ text: String) -> String { ErrorText.cut(text, bytes: JobLimits.logLineBytes) }
}
