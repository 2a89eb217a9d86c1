import Synchronization

/// Those in this process who watch jobs: a hint to each watcher of a job that changed.
public final class ChangeWatchers: Sendable {
    private struct State {
        var streams: [JobID: [UInt64: AsyncStream<Void>.Continuation]] = [:]
        /// Those whose watch does not stand yet.
        var early: Set<UInt64> = []
        var last: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Without watchers.
    public init() {}

    /// A watcher's stream, whose first element is there at once unless `isStanding` is false: then it comes with
    /// `begin`. Hints collapse into one for a slow reader. Ends when the task that reads is cancelled, or at
    /// `close`.
    public func stream(of id: JobID, isStanding: Bool = true) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number: UInt64? = state.withLock { state in
            if state.isClosed { return nil }
            state.last += 1
            state.streams[id, default: [:]][state.last] = continuation
            if !isStanding { state.early.insert(state.last) }
            return state.last
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.leave(id, number) }
        if isStanding { continuation.yield() }
        return stream
    }

    private func leave(_ id: JobID, _ number: UInt64) {
        // Let go of outside the lock: the continuation's end may call back.
        let gone = state.withLock { state in
            let gone = state.streams[id]?.removeValue(forKey: number)
            state.early.remove(number)
            if state.streams[id]?.isEmpty ?? false { state.streams[id] = nil }
            return gone
        }
        _ = gone
    }

    /// Tells the watchers of these jobs.
    public func tell(_ ids: some Sequence<JobID> & Sendable) {
        let told = state.withLock { state in
            if state.streams.isEmpty { return [AsyncStream<Void>.Continuation]() }
            return ids.flatMap { state.streams[$0].map { Array($0.values) } ?? [] }
        }
        for continuation in told { continuation.yield() }
    }

    /// Gives their first element to those watchers of these jobs who were without.
    public func begin(_ ids: [JobID]) {
        let begun = state.withLock { state in
            if state.early.isEmpty { return [AsyncStream<Void>.Continuation]() }
            return ids.flatMap { id in
                (state.streams[id] ?? [:]).compactMap { state.early.remove($0.key) == nil ? nil : $0.value }
            }
        }
        for continuation in begun { continuation.yield() }
    }

    /// The jobs that somebody watches.
    public var watched: [JobID] { state.withLock { Array($0.streams.keys) } }

    /// Whether nobody watches anything.
    public var isEmpty: Bool { state.withLock { $0.streams.isEmpty } }

    /// Ends every stream, also those that are asked for later.
    public func close() {
        let streams = state.withLock { state in
            state.isClosed = true
            defer { state.streams = [:] }
            return state.streams.values.flatMap(\.values)
        }
        for stream in streams { stream.finish() }
    }
}
