internal import NIOCore
import Synchronization

/// One proved TCP connection to a peer, as its users see it. The bytes are `MeshConnectionHandler`'s.
final class MeshConnection: Sendable {
    struct State {
        var peer: Hello?
        var features: MeshFeatures = []
        var isOpen = false
        var isRetired = false
        var outbound: OutboundQueue
        /// Those who wait for room in `outbound`.
        var senders: [UInt64: CheckedContinuation<MeshError?, Never>] = [:]
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
    let state: Mutex<State>
    let inbound = Mutex(InboundCredit())
    /// When the last bytes came: nanoseconds of `NIODeadline`.
    let heard = Atomic<UInt64>(NIODeadline.now().uptimeNanoseconds)
    /// What the peer said of itself; nil before its first PEERS.
    let described = Mutex<Member?>(nil)

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
    /// What both sides speak.
    var features: MeshFeatures { state.withLock { $0.features } }

    func open(_ peer: Hello) {
        state.withLock { state in
            state.peer = peer
            state.features = configuration.features.intersection(MeshFeatures(rawValue: peer.features))
            state.outbound.usesParts = state.features.contains(.parts)
            state.outbound.usesCredit = state.features.contains(.credit)
            state.isOpen = !state.isRetired
        }
    }

    func measured(_ roundTrip: Duration) {
        state.withLock { $0.roundTrip = roundTrip }
    }

    /// Nothing is sent or taken any more; what waits for answers fails.
    func close(_ reason: MeshError = .connectionLost(maybeDelivered: true)) {
        let senders = state.withLock { state in
            state.isOpen = false
            state.isRetired = true
            state.outbound.removeAll()
            defer { state.senders = [:] }
            return state.senders.values
        }
        for sender in senders { sender.resume(returning: .connectionLost(maybeDelivered: false)) }
        calls.close(reason)
        channel.close(promise: nil)
    }

    /// The largest payload both sides take.
    var payloadLimit: Int {
        let own = min(configuration.maximumPayload, Frame.hardLimit)
        return peer.map { min(own, Int(clamping: $0.maximumPayload)) } ?? own
    }
}
