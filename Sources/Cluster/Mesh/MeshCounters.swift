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
    /// Messages and answers that came and could not be read.
    public var malformedMessages = 0
    /// Messages refused because the sender's role is not on the service's list.
    public var forbidden = 0
    /// Messages of a peer that did not wait for its credit, refused.
    public var creditExceeded = 0
    /// Calls not sent or not begun because nobody waited for the answer any more.
    public var callsExpired = 0
    /// Calls whose caller gave up while they waited or ran here.
    public var callsCancelled = 0
    /// Messages not sent to one member of a broadcast or publication: too much was waiting for it.
    public var broadcastsDropped = 0
    /// Publications dropped here: too much waited for a member of the group.
    public var publicationsDropped = 0
    /// Spawns refused: no such task, not allowed, or too many.
    public var spawnsRefused = 0
    /// Connections closed because the mesh's own news could not be queued; all is told again on the next one.
    public var resynchronized = 0
    /// Connections closed because nothing was heard for too long.
    public var silenced = 0

    /// All zero.
    public init() {}
}

/// Counters many event loops write.
final class MeshMeter: Sendable {
    private let counters = Mutex(MeshCounters())
    /// By themselves, because they are counted for all that is read and written.
    private let received = Atomic<Int>(0)
    private let sent = Atomic<Int>(0)

    var snapshot: MeshCounters {
        var snapshot = counters.withLock { $0 }
        snapshot.framesReceived = received.load(ordering: .relaxed)
        snapshot.framesSent = sent.load(ordering: .relaxed)
        return snapshot
    }

    func countReceived(_ frames: Int) { received.wrappingAdd(frames, ordering: .relaxed) }

    func countSent(_ frames: Int, expired: Int) {
        sent.wrappingAdd(frames, ordering: .relaxed)
        if expired > 0 { count { $0.callsExpired += expired } }
    }

    func count(_ change: (inout MeshCounters) -> Void) {
        counters.withLock { change(&$0) }
    }
}
