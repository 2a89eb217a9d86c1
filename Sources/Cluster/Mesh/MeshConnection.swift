internal import NIOCore
import Synchronization

/// One proved TCP connection to a peer, as its users see it. The bytes are `MeshConnectionHandler`'s.
final class MeshConnection: Sendable {
    struct State {
        var isOpen = false
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
    private let agreed = AtomicLazyReference<MeshTerms>()
    /// The largest payload both sides take, in bytes; before the peer is known, this side.
    private let largestPayload: Atomic<Int>
    /// Only written under the lock of `state`.
    private let retired = Atomic<Bool>(false)
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
        largestPayload = Atomic(configuration.payloadLimit)
        calls = CallTable(maximum: configuration.maximumPendingCalls, loop: channel.eventLoop)
        state = Mutex(
            State(
                outbound: OutboundQueue(
                    maximumFrames: configuration.maximumOutboundFrames,
                    maximumBytes: configuration.maximumOutboundBytes)))
    }

    /// Nil until the peer is proved.
    var terms: MeshTerms? { agreed.load() }
    var peer: Hello? { terms?.peer }
    /// What both sides speak.
    var features: MeshFeatures { terms?.features ?? [] }
    /// The largest payload both sides take.
    var payloadLimit: Int { largestPayload.load(ordering: .relaxed) }
    var isOpen: Bool { state.withLock { $0.isOpen } }
    var isRetired: Bool { retired.load(ordering: .acquiring) }
    var roundTrip: Duration? { state.withLock { $0.roundTrip } }

    func open(_ peer: Hello) -> MeshTerms {
        let terms = agreed.storeIfNil(MeshTerms(peer, configuration))
        largestPayload.store(terms.payloadLimit, ordering: .relaxed)
        state.withLock { state in
            state.outbound.usesParts = terms.features.contains(.parts)
            state.outbound.usesCredit = terms.features.contains(.credit)
            state.isOpen = !isRetired
        }
        return terms
    }

    func measured(_ roundTrip: Duration) {
        state.withLock { $0.roundTrip = roundTrip }
    }

    /// Nothing is sent or taken any more; what waits for answers fails.
    func close(_ reason: MeshError = .connectionLost(maybeDelivered: true)) {
        let senders = state.withLock { state in
            state.isOpen = false
            retired.store(true, ordering: .releasing)
            state.outbound.removeAll()
            defer { state.senders = [:] }
            return state.senders.values
        }
        for sender in senders { sender.resume(returning: .connectionLost(maybeDelivered: false)) }
        calls.close(reason)
        channel.close(promise: nil)
    }
}
