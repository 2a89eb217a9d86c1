import RoostJobs

/// The one thread that writes: calls from any task are committed in groups.
final class SQLiteWriter: Sendable {
    let committer: SQLiteCommitter
    private let thread: SQLiteThread

    /// Starts the thread; it owns the connection and gives the lock back when it ends.
    init(_ committer: SQLiteCommitter, connection: SQLiteConnection, lock: FileLock) throws(StoreError) {
        self.committer = committer
        thread = try SQLiteThread.start("roost-sqlite-w") {
            committer.run(on: connection)
            lock.mark(.closing)
            connection.close()
            lock.release()
        }
    }

    // The thread holds the committer and not this object, so a store nobody holds lets go of its file.
    deinit { close() }

    var isClosed: Bool { committer.mailbox.isClosed }

    /// Does `body` in a transaction shared with other calls; returns after the commit. `body` may run more than once.
    func write<Value: Sendable>(
        jobs: Int = 1, _ body: @escaping @Sendable (SQLiteTransaction) throws(SQLiteFailure) -> Value
    ) async throws(StoreError) -> Value {
        try await committer.mailbox.call(jobs: jobs, body)
    }

    /// Refuses further calls, wakes those that wait for jobs, and lets the thread end when it has done the rest.
    func close() {
        committer.mailbox.close()
        committer.ready.notify()
        committer.schedule.notify()
        committer.crons.notify()
        committer.endsAdded.notify()
        committer.wishes.close()
        committer.watchers.close()
    }

    /// Returns when the file was closed.
    func ended() async { await thread.ended() }
}
