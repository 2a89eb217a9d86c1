public import RoostJobs
import Synchronization

/// Jobs in an SQLite file on this machine, for one process.
///
/// An answer means committed and synced (`synchronous=FULL`); concurrent calls share a commit. A second process that
/// opens the file is refused with a sentence that names the first. Cancelling a call that is on its way to the file
/// does not take it back.
public final class SQLiteStore: JobStore {
    /// The file.
    public let path: String
    /// Jobs that ran when the last process ended, taken back when the file was opened.
    public let recovered: Reclaimed

    let writer: SQLiteWriter
    let reader: SQLiteReader
    let configuration: SQLiteConfiguration
    let now: @Sendable () -> Timestamp
    let closing = WakeSignal()
    let isChecking = Mutex(false)

    /// Opens the file or makes it. Blocks for as long as a check of the file takes.
    ///
    /// - Throws: `.unavailable` when the file belongs to another process or cannot be written, `.corrupt` when it is
    ///   damaged, another application's or a newer version's. A file that is refused is left as it is.
    public convenience init(path: String, configuration: SQLiteConfiguration = SQLiteConfiguration()) throws(StoreError)
    {
        try self.init(path: path, configuration: configuration, now: { .now() })
    }

    init(
        path: String, configuration: SQLiteConfiguration, now: @escaping @Sendable () -> Timestamp
    ) throws(StoreError) {
        let file = SQLiteFile(path: path, configuration: configuration)
        let (lock, connection) = try file.open()
        do throws(StoreError) {
            let (committer, recovered) = try Self.load(connection, configuration: configuration, now: now)
            self.recovered = recovered
            reader = try SQLiteReader(try file.openReader(), configuration: configuration)
            lock.mark(.open)
            writer = try SQLiteWriter(committer, connection: connection, lock: lock)
        } catch {
            lock.mark(.closing)
            connection.close()
            lock.release()
            throw error
        }
        self.path = path
        self.configuration = configuration
        self.now = now
    }

    /// Counts what is in the file and takes back what ran: it belongs to a process that is dead, for this one has just
    /// taken the lock.
    private static func load(
        _ connection: SQLiteConnection, configuration: SQLiteConfiguration, now: @escaping @Sendable () -> Timestamp
    ) throws(StoreError) -> (SQLiteCommitter, Reclaimed) {
        do throws(SQLiteFailure) {
            let ledger = try SQLiteLedger(rebuilding: connection)
            let turns = try TenantTurns(rebuilding: connection)
            let committer = SQLiteCommitter(ledger, turns: turns, configuration: configuration, now: now)
            var recovered = Reclaimed()
            while true {
                let some = try committer.transact(on: connection) { transaction throws(SQLiteFailure) in
                    try transaction.takeBackRunning(limit: 500, maxCrashes: JobDefaults.maxCrashes)
                }
                if some.isEmpty { return (committer, recovered) }
                recovered.requeued += some.requeued
                recovered.dead += some.dead
                recovered.cancelled += some.cancelled
            }
        } catch {
            throw error.storeError
        }
    }

    /// Waits until it is cancelled or the store is closed: the writer's thread does what has to be done.
    public func run() async throws {
        while !Task.isCancelled, !writer.isClosed {
            let generation = closing.generation
            if !writer.isClosed { await closing.wait(after: generation, upTo: .seconds(86_400)) }
        }
    }

    /// Ends the calls that wait for jobs, commits those on their way, and closes the file; not cut short by cancelling.
    /// May be called again.
    public func close() async {
        // The writer's connection closes last, because that moves the log into the file and removes it.
        reader.close()
        await reader.ended()
        writer.close()
        closing.notify()
        await writer.ended()
    }

    func closedCheck() throws(StoreError) {
        if writer.isClosed { throw StoreError(.closed, "the store was closed") }
    }
}
