internal import NIOCore
import Synchronization

/// One proved TCP connection to a peer, as its users see it. The bytes are `MeshConnectionHandler`'s.
final class MeshConnection: Sendable {
    private struct State {
        var peer: Hello?
        var isOpen = false
        var isRetired = false
        var outbound: OutboundQueue
        var roundTrip: Duration?
    }

    let number: UInt64
    let side: HandshakeMachine.Side
    /// Whom this side wanted to reach, when it dialled.
    let dialled: MemberName?
    let channel: any Channel
    let configuration: MeshConfiguration
    let meter: MeshMeter
    let calls: CallTable
    private let state: Mutex<State>

    init(
        number: UInt64, side: HandshakeMachine.Side, dialled: MemberName?, channel: any Channel,
        configuration: MeshConfiguration, meter: MeshMeter
    ) {
        self.number = number
        self.side = side
        self.dialled = dialled
        self.channel = channel
        self.configuration = configuration
        self.meter = meter
        calls = CallTable(maximum: configuration.maximumPendingCalls, loop: channel.eventLoop)
        state = Mutex(
            State(
                outbound: OutboundQueue(
                    maximumFrames: configuration.maximumOutboundFrames,
                    maximumBytes: configuration.maximumOutboundBytes)))
    }

    var peer: Hello? { state.withLock { $0.peer } }
    var isOpen: Bool { state.withLock { $0.isOpen } }
    var isRetired: Bool { state.withLock { $0.isRetired } }
    var roundTrip: Duration? { state.withLock { $0.roundTrip } }

    func open(_ peer: Hello) {
        state.withLock { state in
            state.peer = peer
            state.isOpen = !state.isRetired
        }
    }

    func measured(_ roundTrip: Duration) {
        state.withLock { $0.roundTrip = roundTrip }
    }

    /// Nothing is sent or taken any more; what waits for answers fails.
    func close(_ reason: MeshError = .connectionLost(maybeDelivered: true)) {
        state.withLock { state in
            state.isOpen = false
            state.isRetired = true
            state.outbound.removeAll()
        }
        calls.close(reason)
        channel.close(promise: nil)
    }

    /// The largest payload both sides take.
    var payloadLimit: Int {
        let own = min(configuration.maximumPayload, Frame.hardLimit)
        return peer.map { min(own, Int(clamping: $0.maximumPayload)) } ?? own
    }

    /// Puts a frame at the end of what is to be sent, or says why not.
    func enqueue(_ frame: Frame) -> MeshError? {
        let (admission, isRetired): (OutboundQueue.Admission?, Bool) = state.withLock { state in
            (state.isOpen ? state.outbound.append(frame) : nil, state.isRetired)
        }
        switch admission {
        case nil: return isRetired ? .connectionLost(maybeDelivered: false) : .notConnected
        case .full: return .overloaded
        case .queued: return nil
        case .schedule:
            channel.eventLoop.execute { self.drain() }
            return nil
        }
    }

    /// Writes what waits while the socket takes it. On the event loop, also when the socket takes more again.
    func drain() {
        while channel.isWritable {
            guard let (bytes, count) = state.withLock({ $0.outbound.takeBatch(channel.allocator) }) else { break }
            channel.write(bytes, promise: nil)
            meter.count { $0.framesSent &+= count }
        }
        channel.flush()
    }
}
