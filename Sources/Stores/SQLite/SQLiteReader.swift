import RoostJobs

/// The one thread that only reads: what it does never holds up a commit, and each read is short.
final class SQLiteReader: Sendable {
    private let mailbox: SQLiteMailbox<any SQLiteOperation<SQLiteConnection>>
    private let thread: SQLiteThread

    /// Starts the thread, which owns the connection.
    init(_ connection: SQLiteConnection, configuration: SQLiteConfiguration) throws(StoreError) {
        let mailbox = SQLiteMailbox<any SQLiteOperation<SQLiteConnection>>(capacity: configuration.waitingOperations)
        self.mailbox = mailbox
        thread = try SQLiteThread.start("roost-sqlite-r") {
            while let operations = mailbox.take(while: { _ in true }) {
                for operation in operations {
                    Self.perform(operation, on: connection, limit: configuration.readTimeout)
                }
            }
            connection.close()
        }
    }

    deinit { close() }

    /// Does `body` in a read transaction: everything it reads is of one moment.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteFailure) -> Value
    ) async throws(StoreError) -> Value {
        try await mailbox.call(body)
    }

    /// Refuses further reads; the thread ends when it has done the rest.
    func close() { mailbox.close() }

    /// Returns when the connection was closed.
    func ended() async { await thread.ended() }

    private static func perform(
        _ operation: any SQLiteOperation<SQLiteConnection>, on connection: SQLiteConnection, limit: Duration
    ) {
        do throws(SQLiteFailure) {
            try connection.limited(to: limit) { () throws(SQLiteFailure) in
                try connection.statement(.beginRead).run()
                try operation.perform(connection)
                try connection.statement(.commit).run()
            }
            operation.answer(nil)
        } catch {
            if connection.isInTransaction { try? connection.statement(.rollback).run() }
            operation.answer(error.storeError)
        }
    }
}
