import RoostJobs
import Synchronization

/// Turns the changes of one job into hints for the stream of the page that shows it.
final class JobHints: Sendable {
    let id: JobID
    private let changes: @Sendable (JobID) -> AsyncStream<Void>
    private let interval: Duration
    private let feed: SnapshotFeed
    private let pending = Mutex(false)

    init(
        _ id: JobID, changes: @escaping @Sendable (JobID) -> AsyncStream<Void>, interval: Duration, feed: SnapshotFeed
    ) {
        self.id = id
        self.changes = changes
        self.interval = min(max(interval, .milliseconds(10)), .seconds(60))
        self.feed = feed
    }

    /// Whether something changed since the last time this was taken.
    var isPending: Bool { pending.withLock { $0 } }

    func take() -> Bool {
        pending.withLock { pending in
            defer { pending = false }
            return pending
        }
    }

    /// Follows the job until the task is cancelled or the store closed.
    func follow() async {
        for await _ in changes(id) {
            pending.withLock { $0 = true }
            feed.nudge()
            // A job that logs a thousand lines a second must not make its page ask a thousand times.
            try? await Task.sleep(for: interval)
        }
    }
}
