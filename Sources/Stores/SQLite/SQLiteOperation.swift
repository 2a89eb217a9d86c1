import RoostJobs
import Synchronization

/// A call on its way to a thread, to be done there and then answered, once.
protocol SQLiteOperation<Context>: Sendable {
    associatedtype Context

    /// Jobs it brings, for the size of a transaction.
    var jobs: Int { get }

    /// Does it, without answering; may be done again after a rollback.
    func perform(_ context: Context) throws(SQLiteFailure)

    /// Answers the caller: with what was done, or with the error.
    func answer(_ error: StoreError?)
}

/// A call whose caller waits for a value.
final class SQLiteCall<Context, Value: Sendable>: SQLiteOperation {
    let jobs: Int
    private let body: @Sendable (Context) throws(SQLiteFailure) -> Value
    private let continuation: CheckedContinuation<Result<Value, StoreError>, Never>
    private let value = Mutex<Value?>(nil)

    init(
        jobs: Int, continuation: CheckedContinuation<Result<Value, StoreError>, Never>,
        body: @escaping @Sendable (Context) throws(SQLiteFailure) -> Value
    ) {
        self.jobs = jobs
        self.continuation = continuation
        self.body = body
    }

    func perform(_ context: Context) throws(SQLiteFailure) {
        let made = try body(context)
        value.withLock { $0 = made }
    }

    func answer(_ error: StoreError?) {
        let made = value.withLock { $0 }
        if let made, error == nil {
            continuation.resume(returning: .success(made))
        } else {
            continuation.resume(returning: .failure(error ?? StoreError(.unavailable, "the call was not done")))
        }
    }
}

extension SQLiteMailbox {
    /// Puts a call in and waits for its answer. Cancelling does not take it back.
    func call<Context, Value: Sendable>(
        jobs: Int = 1, _ body: @escaping @Sendable (Context) throws(SQLiteFailure) -> Value
    ) async throws(StoreError) -> Value where Item == any SQLiteOperation<Context> {
        let result = await withCheckedContinuation { continuation in
            let call = SQLiteCall(jobs: jobs, continuation: continuation, body: body)
            do throws(Refusal) { try put(call) } catch { call.answer(error.storeError) }
        }
        return try result.get()
    }
}

extension SQLiteMailbox.Refusal {
    var storeError: StoreError {
        switch self {
        case .full: StoreError(.unavailable, "too many calls wait for the SQLite file")
        case .closed: StoreError(.closed, "the store was closed")
        }
    }
}
