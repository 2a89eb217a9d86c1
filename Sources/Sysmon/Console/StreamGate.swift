import Synchronization

/// Counts open event streams, and ends them when the server shuts down: they never end by themselves.
final class StreamGate: Sendable {
    private struct State {
        var open = 0
        var closed = false
    }

    private let maximumStreams: Int
    private let feed: SnapshotFeed
    private let state = Mutex(State())

    init(_ configuration: ConsoleConfiguration, feed: SnapshotFeed) {
        maximumStreams = max(1, configuration.maximumStreams)
        self.feed = feed
    }

    var isClosed: Bool { state.withLock { $0.closed } }
    var openStreams: Int { state.withLock { $0.open } }

    /// A place for a stream, held until the pass is dropped; nil when there is none.
    func enter() -> Pass? {
        let admitted = state.withLock { state in
            guard !state.closed, state.open < maximumStreams else { return false }
            state.open += 1
            return true
        }
        return admitted ? Pass(gate: self) : nil
    }

    func close() {
        state.withLock { $0.closed = true }
        feed.nudge()
    }

    private func leave() { state.withLock { $0.open -= 1 } }

    /// Returned by being dropped: a reply whose body is never written gives its place back too.
    final class Pass: Sendable {
        private let gate: StreamGate
        fileprivate init(gate: StreamGate) { self.gate = gate }
        deinit { gate.leave() }
    }
}
