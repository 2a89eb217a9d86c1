import Synchronization

/// What the mesh has seen since it started.
public struct MeshCounters: Sendable, Hashable {
    /// Connections that were proved, in either direction.
    public var established = 0
    /// Connections refused by this side or the other, by reason.
    public var rejected: [HandshakeReject: Int] = [:]
    /// Frames received after the handshake.
    public var framesReceived = 0
    /// Frames sent after the handshake.
    public var framesSent = 0
    /// Connections cut because their bytes were not frames.
    public var malformed = 0
    /// Casts dropped here: no such service, or too much waiting for it.
    public var castsDropped = 0
    /// Connections closed because nothing was heard for too long.
    public var silenced = 0

    /// All zero.
    public init() {}
}

/// Counters many event loops write.
final class MeshMeter: Sendable {
    private let counters = Mutex(MeshCounters())

    var snapshot: MeshCounters { counters.withLock { $0 } }

    func count(_ change: (inout MeshCounters) -> Void) {
        counters.withLock { change(&$0) }
    }
}
