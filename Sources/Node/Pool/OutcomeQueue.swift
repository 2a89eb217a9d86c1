import RoostJobs
import Synchronization

/// Outcomes on their way to the store: those that come while calls are under way leave together with the next.
///
/// Whoever brings one when there is room for a call makes it, and goes on with what has come meanwhile. So an attempt's
/// end costs no task and no continuation of its own.
final class OutcomeQueue: Sendable {
    /// An attempt and what came of it.
    typealias End = (attempt: Attempt, outcome: Outcome)

    private struct State {
        var waiting: [End] = []
        var calls = 0
    }

    /// Calls at a time: while the store works on one, the next gathers.
    private static let most = 2
    /// Outcomes in one call.
    private static let limit = 500

    private let state = Mutex(State())

    /// Adds an outcome; true when the caller is to bring what `next()` returns to the store, until that is nil.
    func add(_ attempt: Attempt, _ outcome: Outcome) -> Bool {
        state.withLock { state in
            state.waiting.append((attempt, outcome))
            guard state.calls < Self.most else { return false }
            state.calls += 1
            return true
        }
    }

    /// What the next call carries; nil when there is nothing: then the caller is done.
    func next() -> [End]? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.calls -= 1
                return nil
            }
            if state.waiting.count <= Self.limit {
                defer { state.waiting = [] }
                return state.waiting
            }
            defer { state.waiting.removeFirst(Self.limit) }
            return Array(state.waiting.prefix(Self.limit))
        }
    }

    /// All that waits, out of the line.
    func takeAll() -> [End] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }
}
