import RoostJobs
import Synchronization

/// Whether the client of a request that takes its time is still there.
final class ClientPresence: Sendable {
    private let gone = Atomic(false)
    private let changed = WakeSignal()

    /// Whether it has hung up. One that only said that it sends nothing more counts as gone: the two look alike.
    var isGone: Bool { gone.load(ordering: .acquiring) }

    /// It has hung up.
    func leave() {
        gone.store(true, ordering: .releasing)
        changed.notify()
    }

    /// Returns when it has hung up, or when the task is cancelled.
    func left() async {
        while !Task.isCancelled {
            let generation = changed.generation
            if isGone { return }
            await changed.wait(after: generation, upTo: .seconds(3600))
        }
    }
}
