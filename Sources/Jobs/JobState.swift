/// Where a job is in its life.
///
/// | from | to | by |
/// |---|---|---|
/// | – | scheduled | enqueue with a time that is still to come, or with parents that have not ended |
/// | – | queued | enqueue |
/// | – | cancelled | enqueue with a parent that failed or is gone |
/// | – | failed | bury: an entry of a foreign producer that is no job |
/// | scheduled | queued | its time came; its parents ended |
/// | queued | running | claim |
/// | running | done | settle: succeeded |
/// | running | scheduled | settle: retry later, snoozed |
/// | running | queued | settle: released; lease ran out |
/// | running | failed | settle: failed; lease ran out too often (poison) |
/// | scheduled, queued | failed | its deadline passed |
/// | scheduled, queued | cancelled | cancel; not started in time; replaced; a parent failed |
/// | running | cancelled | settle: cancelled; any other hand-back after a cancel |
/// | failed, cancelled | queued | replay |
///
/// No other change is possible. `scheduled` with a new time (a unique job extended) stays `scheduled`.
public enum JobState: String, Sendable, CaseIterable, Codable {
    /// Waiting for its time, retries included.
    case scheduled
    /// Waiting for a worker.
    case queued
    /// Claimed; its lease is being kept.
    case running
    /// Ended well; the result is kept until its time to live is over.
    case done
    /// Gave up: a dead letter.
    case failed
    /// Called off.
    case cancelled

    /// Whether the job's life is over, apart from a replay.
    public var isFinal: Bool { self == .done || self == .failed || self == .cancelled }

    /// Whether the table above has a row from this state to `next`.
    public func canBecome(_ next: JobState) -> Bool {
        switch (self, next) {
        case (.scheduled, .queued), (.queued, .running): true
        case (.running, .done), (.running, .scheduled), (.running, .queued), (.running, .failed): true
        case (.scheduled, .failed), (.queued, .failed): true
        case (.scheduled, .cancelled), (.queued, .cancelled), (.running, .cancelled): true
        case (.failed, .queued), (.cancelled, .queued): true
        default: false
        }
    }
}
