import RoostJobs
import Synchronization

/// Whether a load balancer should send requests here. The composition root sets it before it stops.
public final class Readiness: Sendable {
    private let draining = Atomic(false)
    private let changed = WakeSignal()

    /// Ready.
    public init() {}

    /// Whether `/readyz` answers 503 so that traffic goes elsewhere.
    public var isDraining: Bool { draining.load(ordering: .acquiring) }

    /// Takes this node out of the rotation; requests that still come are served.
    public func drain() {
        draining.store(true, ordering: .releasing)
        changed.notify()
    }

    /// Puts it back.
    public func resume() { draining.store(false, ordering: .releasing) }

    /// Returns when this node drains, or when the task is cancelled: for requests that wait.
    func drained() async {
        while !Task.isCancelled {
            let generation = changed.generation
            if isDraining { return }
            await changed.wait(after: generation, upTo: .seconds(3600))
        }
    }
}
