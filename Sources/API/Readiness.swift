import Synchronization

/// Whether a load balancer should send requests here. The composition root sets it before it stops.
public final class Readiness: Sendable {
    private let draining = Atomic(false)

    /// Ready.
    public init() {}

    /// Whether `/readyz` answers 503 so that traffic goes elsewhere.
    public var isDraining: Bool { draining.load(ordering: .acquiring) }

    /// Takes this node out of the rotation; requests that still come are served.
    public func drain() { draining.store(true, ordering: .releasing) }

    /// Puts it back.
    public func resume() { draining.store(false, ordering: .releasing) }
}
