import Synchronization

/// Tells readers of running jobs somebody wants cancelled; each reader gets every wish from when it came.
public final class CancelWishes: Sendable {
    private struct State {
        var readers: [UInt64: AsyncStream<JobID>.Continuation] = [:]
        var last: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Without readers.
    public init() {}

    /// A reader's stream: keeps the newest 1,000 wishes for a slow one. Ends when the task that reads is cancelled, or
    /// at `close`.
    public func stream() -> AsyncStream<JobID> {
        let (stream, continuation) = AsyncStream.makeStream(of: JobID.self, bufferingPolicy: .bufferingNewest(1000))
        let number: UInt64? = state.withLock { state in
            if state.isClosed { return nil }
            state.last += 1
            state.readers[state.last] = continuation
            return state.last
        }
        if let number {
            continuation.onTermination = { [weak self] _ in self?.leave(number) }
        } else {
            continuation.finish()
        }
        return stream
    }

    private func leave(_ number: UInt64) {
        // Let go of outside the lock: the continuation's end may call back.
        let gone = state.withLock { $0.readers.removeValue(forKey: number) }
        _ = gone
    }

    /// Tells every reader.
    public func tell(_ ids: [JobID]) {
        let readers = state.withLock { Array($0.readers.values) }
        for reader in readers { for id in ids { reader.yield(id) } }
    }

    /// Ends every stream.
    public func close() {
        let readers = state.withLock { state in
            state.isClosed = true
            defer { state.readers = [:] }
            return Array(state.readers.values)
        }
        for reader in readers { reader.finish() }
    }
}
