import RoostJobs
import Synchronization

/// Group commit: all calls that wait share one transaction, and are answered after its commit.
///
/// While one transaction is being synced to disk the next calls gather, so the batch grows by itself with the load.
final class SQLiteCommitter: Sendable {
    /// How writing goes.
    struct Status {
        var commits = 0
        var lastCommit: Duration?
        /// The failure of the last transaction, if it failed.
        var failure: StoreError?
    }

    let mailbox: SQLiteMailbox<any SQLiteOperation<SQLiteTransaction>>
    let ledger: Mutex<SQLiteLedger>
    let status = Mutex(Status())
    /// A job became claimable, or a limit allows more.
    let ready = WakeSignal()
    /// A job was scheduled, or others must be told of a job's end.
    let schedule = WakeSignal()
    /// A periodic job was changed.
    let crons = WakeSignal()
    /// Ends are in the feed.
    let endsAdded = WakeSignal()
    /// Who watches jobs.
    let watchers = ChangeWatchers()
    /// Who listens for running jobs that somebody wants cancelled.
    let wishes = CancelWishes()
    /// Follow each transaction while it is on its way, and go back with it: only the writer's thread has use for them.
    let turns: Mutex<TenantTurns>
    let recount = Mutex(SQLiteRecount())
    private let configuration: SQLiteConfiguration
    private let now: @Sendable () -> Timestamp

    init(
        _ ledger: SQLiteLedger, turns: TenantTurns, configuration: SQLiteConfiguration,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.ledger = Mutex(ledger)
        self.turns = Mutex(turns)
        self.configuration = configuration
        self.now = now
        mailbox = SQLiteMailbox(capacity: configuration.waitingOperations)
    }

    /// Commits what comes until the mailbox is closed and empty.
    func run(on connection: SQLiteConnection) {
        var truncated = ContinuousClock.now
        while let operations = take() {
            commit(operations, on: connection)
            guard ContinuousClock.now - truncated >= configuration.truncateInterval else { continue }
            truncated = .now
            // A reader may be in the way for longer than callers should wait: then next time.
            connection.setBusyTimeout(.milliseconds(50))
            _ = connection.truncateLog()
            connection.setBusyTimeout(configuration.busyTimeout)
        }
    }

    private func take() -> [any SQLiteOperation<SQLiteTransaction>]? {
        var operations = 0
        var jobs = 0
        return mailbox.take { operation in
            operations += 1
            jobs += operation.jobs
            return operations <= configuration.operationsPerCommit && jobs <= configuration.jobsPerCommit
        }
    }

    /// Does the calls in one transaction and answers them.
    private func commit(_ operations: [any SQLiteOperation<SQLiteTransaction>], on connection: SQLiteConnection) {
        do throws(SQLiteFailure) {
            try transact(on: connection) { transaction throws(SQLiteFailure) in
                for operation in operations { try operation.perform(transaction) }
            }
            for operation in operations { operation.answer(nil) }
        } catch  where !error.isOfStorage && operations.count > 1 {
            // One call was refused and took the others with it: each for itself, so that only the bad one fails.
            for operation in operations { commit([operation], on: connection) }
        } catch {
            for operation in operations { operation.answer(error.storeError) }
        }
    }

    /// Runs one transaction; after its commit the ledger follows and whoever waits is woken.
    func transact<T>(
        on connection: SQLiteConnection, _ body: (SQLiteTransaction) throws(SQLiteFailure) -> T
    ) throws(SQLiteFailure) -> T {
        let start = ContinuousClock.now
        let transaction = SQLiteTransaction(connection, now: now(), of: self)
        do throws(SQLiteFailure) {
            try connection.statement(.begin).run()
            let value = try body(transaction)
            try transaction.writeEnds()
            if transaction.changesFigures { try transaction.saveFigures() }
            try connection.statement(.commit).run()
            keep(transaction, took: ContinuousClock.now - start)
            return value
        } catch {
            // A full disk has rolled back on its own; anything else has not.
            if connection.isInTransaction { try? connection.statement(.rollback).run() }
            turns.withLock { $0.rollback() }
            recount.withLock { $0.rollback() }
            if error.isOfStorage { status.withLock { $0.failure = error.storeError } }
            throw error
        }
    }

    private func keep(_ transaction: SQLiteTransaction, took time: Duration) {
        ledger.withLock { $0.apply(transaction.change, now: transaction.now) }
        turns.withLock { $0.commit() }
        recount.withLock { $0.commit() }
        status.withLock { status in
            status.commits += 1
            status.lastCommit = time
            status.failure = nil
        }
        if transaction.wakes.contains(.claims) { ready.notify() }
        if transaction.wakes.contains(.schedule) { schedule.notify() }
        if transaction.wakes.contains(.crons) { crons.notify() }
        if transaction.wakes.contains(.ends) { endsAdded.notify() }
        if !transaction.wished.isEmpty { wishes.tell(transaction.wished) }
        if !transaction.touched.isEmpty { watchers.tell(transaction.touched) }
    }
}
