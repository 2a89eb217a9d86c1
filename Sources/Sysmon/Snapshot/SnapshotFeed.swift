import RoostJobs
import Synchronization

/// Hands the newest snapshot to any number of consumers. Holds exactly one: who is slow skips, nobody is waited for.
public final class SnapshotFeed: Sendable {
    private struct State {
        var latest: Snapshot?
        var finished = false
    }

    private let state = Mutex(State())
    private let changed = WakeSignal()

    /// A feed without a snapshot.
    public init() {}

    /// The newest snapshot; nil before the first.
    public var latest: Snapshot? { state.withLock { $0.latest } }

    /// Whether there will be no more.
    public var isFinished: Bool { state.withLock { $0.finished } }

    /// Replaces the newest snapshot and wakes everyone who waits. Ignored after `finish()`.
    public func publish(_ snapshot: Snapshot) {
        state.withLock { if !$0.finished { $0.latest = snapshot } }
        changed.notify()
    }

    /// Ends all waits: there will be no more.
    public func finish() {
        state.withLock { $0.finished = true }
        changed.notify()
    }

    /// Ends all waits, without a snapshot, so that those who wait look around.
    func nudge() { changed.notify() }

    /// The newest snapshot whose sequence is not `sequence`, at once or as soon as there is one.
    ///
    /// Nil when the time is over, the task was cancelled or the feed is finished.
    public func next(after sequence: Int?, upTo limit: Duration = .seconds(3600)) async -> Snapshot? {
        await next(after: sequence, upTo: limit) { false }
    }

    /// The same for those who are also woken by `nudge()`: a nudge after `isDone` was asked ends the wait.
    func next(after sequence: Int?, upTo limit: Duration = .seconds(3600), unless isDone: () -> Bool) async -> Snapshot?
    {
        let generation = changed.generation
        if isDone() { return nil }
        if let snapshot = newer(than: sequence) { return snapshot }
        if isFinished || Task.isCancelled { return nil }
        await changed.wait(after: generation, upTo: limit)
        return Task.isCancelled ? nil : newer(than: sequence)
    }

    private func newer(than sequence: Int?) -> Snapshot? {
        state.withLock { state in state.latest.flatMap { $0.sequence == sequence ? nil : $0 } }
    }
}
