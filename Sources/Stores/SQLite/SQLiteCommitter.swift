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
    /// A job became claimable.
    let ready = WakeSignal()
    /// A job was scheduled.
    let schedule = WakeSignal()
    private let configuration: SQLiteConfiguration
    private let now: @Sendable () -> Timestamp

    init(_ ledger: SQLiteLedger, configuration: SQLiteConfiguration, now: @escaping @Sendable () -> Timestamp) {
        self.ledger = Mutex(ledger)
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
        let transaction = SQLiteTransaction(connection, now: now(), figures: ledger.withLock { $0.figures }) { band in
            self.ledger.withLock { $0.bands[band] ?? [:] }
        }
        do throws(SQLiteFailure) {
            try connection.statement(.begin).run()
            let value = try body(transaction)
            if transaction.changesFigures { try transaction.saveFigures() }
            try connection.statement(.commit).run()
            ledger.withLock { $0.apply(transaction.change) }
            status.withLock { status in
                status.commits += 1
                status.lastCommit = ContinuousClock.now - start
                status.failure = nil
            }
            if transaction.isReady { ready.notify() }
            if transaction.isScheduled { schedule.notify() }
            return value
        } catch {
            // A full disk has rolled back on its own; anything else has not.
            if connection.isInTransaction { try? connection.statement(.rollback).run() }
            if error.isOfStorage { status.withLock { $0.failure = error.storeError } }
            throw error
        }
    }
}
