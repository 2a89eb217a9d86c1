import RoostJobs
import Synchronization

/// Group commit: all calls that wait share one transaction, and are answered after its commit.
///
/// While one transaction is being synced to disk the next calls gather, and those that come while it is done join it, so
/// the batch grows by itself with the load and nobody ever waits for others to come.
final class SQLiteCommitter: Sendable {
    /// How writing goes.
    struct Status {
        var commits = 0
        var lastCommit: Duration?
        /// The failure of the last transaction, if it failed.
        var failure: StoreError?
    }

    typealias Operation = SQLiteOperation<SQLiteTransaction>

    /// What a transaction still takes.
    private struct Room {
        var operations: Int
        var jobs: Int

        mutating func admits(_ operation: any Operation) -> Bool {
            guard operations > 0, jobs >= operation.jobs else {
                // Nobody overtakes the one that did not fit.
                operations = 0
                return false
            }
            operations -= 1
            jobs -= operation.jobs
            return true
        }
    }

    let mailbox: SQLiteMailbox<any SQLiteOperation<SQLiteTransaction>>
    let ledger: Mutex<SQLiteLedger>
    let status = Mutex(Status())
    /// A job became claimable, or a limit allows more.
    let ready = WakeSignal()
    /// Claims that wait for one.
    let parked = ParkedClaims()
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
        while true {
            var room = Room(operations: configuration.operationsPerCommit, jobs: configuration.jobsPerCommit)
            guard let operations = mailbox.take(while: { room.admits($0) }) else { return }
            commit(operations, &room, on: connection)
            guard ContinuousClock.now - truncated >= configuration.truncateInterval else { continue }
            truncated = .now
            // A reader may be in the way for longer than callers should wait: then next time.
            connection.setBusyTimeout(.milliseconds(50))
            _ = connection.truncateLog()
            connection.setBusyTimeout(configuration.busyTimeout)
        }
    }

    /// Does the calls, and those that come meanwhile, in one transaction and answers them.
    private func commit(_ first: [any Operation], _ room: inout Room, on connection: SQLiteConnection) {
        var operations = first
        do throws(SQLiteFailure) {
            try transact(on: connection) { transaction throws(SQLiteFailure) in
                var next = 0
                while true {
                    for operation in operations[next...] { try operation.perform(transaction) }
                    next = operations.count
                    operations += mailbox.takeMore { room.admits($0) }
                    guard next < operations.count else { break }
                    transaction.now = max(transaction.now, now())
                }
                try transaction.serve(parked)
            }
            for operation in operations { operation.answer(nil) }
        } catch {
            commit(operations, after: error, on: connection)
        }
    }

    /// Goes on after a transaction that failed. When one call was refused and took the others with it, each is done for
    /// itself, so that only the bad one fails; and without claims that wait, so that none is refused for their sake.
    private func commit(
        _ operations: [any Operation], after failure: SQLiteFailure, on connection: SQLiteConnection
    ) {
        for operation in operations {
            do throws(SQLiteFailure) {
                if failure.isOfStorage { throw failure }
                try transact(on: connection) { transaction throws(SQLiteFailure) in
                    try operation.perform(transaction)
                }
                operation.answer(nil)
            } catch {
                operation.answer(error.storeError)
            }
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
            for (parked, _) in transaction.served { parked.endServing([]) }
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
        for (parked, claims) in transaction.served { parked.endServing(claims) }
        if transaction.wakes.contains(.claims) { ready.notify() }
        if transaction.wakes.contains(.schedule) { schedule.notify() }
        if transaction.wakes.contains(.crons) { crons.notify() }
        if transaction.wakes.contains(.ends) { endsAdded.notify() }
        if !transaction.wished.isEmpty { wishes.tell(transaction.wished) }
        if !transaction.touched.isEmpty { watchers.tell(transaction.touched) }
    }
}
