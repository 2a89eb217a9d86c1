import RoostJobs
import Synchronization

/// What happened since the screen looked last. Snapshots and sizes are only noted, keys are bounded: nothing piles up
/// while a terminal is stopped.
final class ScreenInbox: Sendable {
    struct Batch: Sendable {
        var keys: [Key] = []
        var hasSnapshot = false
        var isResized = false
        /// As many as were asked for: the machine bounds that.
        var answers: [Answer] = []
        /// No more snapshots.
        var isFinished = false
        /// No more keys: the terminal is gone.
        var isClosed = false

        var isEmpty: Bool {
            keys.isEmpty && !hasSnapshot && !isResized && answers.isEmpty && !isFinished && !isClosed
        }
    }

    enum Answer: Sendable {
        case answered(ScreenAnswer, ScreenRequest)
        case failed(String, ScreenRequest)
        case acted(ScreenAction, String, isGood: Bool)
    }

    private static let mostKeys = 1024
    private let state = Mutex(Batch())
    private let signal = WakeSignal()

    func post(_ change: (inout Batch) -> Void) {
        state.withLock {
            change(&$0)
            if $0.keys.count > Self.mostKeys { $0.keys.removeLast($0.keys.count - Self.mostKeys) }
        }
        signal.notify()
    }

    /// What came, as soon as there is anything; nil when the task was cancelled.
    func next() async -> Batch? {
        while !Task.isCancelled {
            let generation = signal.generation
            let batch = state.withLock { batch in
                defer { batch = Batch() }
                return batch
            }
            if !batch.isEmpty { return batch }
            await signal.wait(after: generation, upTo: .seconds(3600))
        }
        return nil
    }
}
