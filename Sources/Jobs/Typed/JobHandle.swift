/// An accepted job and the type of its result: waits for its end, from any process that reaches the store.
///
/// A handle keeps nothing alive and costs nothing: its id can be kept, and a handle be made of it again.
public struct JobHandle<Output: Codable & Sendable>: Sendable {
    /// The job's id.
    public let id: JobID
    /// Whether the job was there before: it held the unique key, or an earlier request with the same key made it.
    public let isExisting: Bool
    let store: any JobStore

    /// A handle of a job whose id is known; nothing is asked yet.
    public init(_ id: JobID, in store: any JobStore, isExisting: Bool = false) {
        self.id = id
        self.store = store
        self.isExisting = isExisting
    }

    /// The job as it is now; nil when it never was or its time is over.
    /// - Throws: when the store does not answer.
    public func record() async throws(StoreError) -> JobRecord? { try await store.job(id) }

    /// Calls the job off; see `JobControl.cancel`.
    /// - Throws: when the store does not answer.
    @discardableResult
    public func cancel(reason: String) async throws(StoreError) -> Cancellation {
        try await store.cancel(id, reason: reason)
    }

    /// The result, without waiting; nil as long as the job has not ended.
    /// - Throws: as `value(timeout:)`, but for `JobHandleError.timedOut`.
    public func result() async throws -> Output? {
        guard let record = try await record() else { throw JobHandleError.gone }
        return record.state.isFinal ? try Self.output(of: record) : nil
    }

    /// Waits for the job's end and returns its result. Cancelling the task stops the waiting, not the job.
    ///
    /// In a handler this holds one of its node's slots: where children may fill all of them, enqueue a job with `parents`
    /// instead of waiting for them.
    /// - Parameter timeout: how long to wait at most; nil: until the end. Zero looks once.
    /// - Throws: `JobHandleError` when the job ended without a result, is not kept any more or takes longer;
    ///   `StoreError` when the store does not answer (ask again); `CancellationError`.
    public func value(timeout: Duration? = nil) async throws -> Output {
        try Self.output(of: await ended(timeout: timeout))
    }

    /// Waits for the job's end, however it ends, and returns the job.
    /// - Throws: as `value(timeout:)`, but not for how it ended.
    public func ended(timeout: Duration? = nil) async throws -> JobRecord {
        let deadline = timeout.map { ContinuousClock.now + min(max(.zero, $0), JobLimits.longest) }
        let signal = WakeSignal()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in store.changes(of: id) { signal.notify() }
                // The store was closed: the next look says so.
                signal.notify()
            }
            defer { group.cancelAll() }
            while true {
                let generation = signal.generation
                try Task.checkCancellation()
                guard let record = try await store.job(id) else { throw JobHandleError.gone }
                if record.state.isFinal { return record }
                let left = deadline.map { $0 - .now } ?? Self.doubt
                if left <= .zero { throw JobHandleError.timedOut }
                await signal.wait(after: generation, upTo: min(left, Self.doubt))
            }
        }
    }

    /// Hints come from a store's connections: after so long without one the job is looked at anyway.
    private static var doubt: Duration { .seconds(15) }

    /// The result of a job that has ended.
    private static func output(of record: JobRecord) throws(JobHandleError) -> Output {
        switch record.state {
        case .failed: throw .failed(error: record.error ?? "")
        case .cancelled: throw .cancelled(reason: record.error ?? "")
        default: break
        }
        do {
            if let output = try record.result(as: Output.self) { return output }
        } catch {
            throw .undecodable("\(error)")
        }
        if let none = NoResult() as? Output { return none }
        throw .undecodable("there is no result")
    }
}

/// Why there is no result of a job.
public enum JobHandleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It gave up; why its last attempt failed.
    case failed(error: String)
    /// It was called off, and why.
    case cancelled(reason: String)
    /// It never was, was deleted, or its time is over.
    case gone
    /// It had not ended in the time given; it goes on.
    case timedOut
    /// It is done, but its result has another shape, and which; the job stays as it is.
    case undecodable(String)

    /// The same in a sentence.
    public var description: String {
        switch self {
        case .failed(let error): "the job failed: \(error)"
        case .cancelled(let reason): "the job was cancelled: \(reason)"
        case .gone: "the job is not kept, or never was"
        case .timedOut: "the job has not ended yet"
        case .undecodable(let why): "the job's result has another shape: \(why)"
        }
    }
}
