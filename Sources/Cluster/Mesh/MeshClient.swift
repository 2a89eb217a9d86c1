public import NIOCore
import Synchronization

/// Talks to single members without being one: for command lines and shells.
///
/// It has no port of its own and is named after its end of the connection, `role@address:port`.
public struct MeshClient: Sendable {
    private let configuration: MeshConfiguration
    private let role: MemberRole
    private let group: any EventLoopGroup

    /// A client with the cluster's name and cookie.
    public init(configuration: MeshConfiguration, role: MemberRole = .shell, eventLoopGroup: any EventLoopGroup) {
        self.configuration = configuration
        self.role = role
        group = eventLoopGroup
    }

    /// Connects and proves both sides to each other. Close the peer when done: its connection stays until then.
    ///
    /// Throws `MeshError`: `unreachable`, `rejected`, `timeout`; `invalid` when a certificate cannot be used.
    /// Cancelling does not shorten it; it takes at most the connect timeout and the handshake's deadline.
    public func connect(host: String, port: Int) async throws(MeshError) -> MeshPeer {
        guard (1...65535).contains(port) else { throw .invalid("port") }
        let tls = try configuration.tls.map { tls throws(MeshError) in try MeshTLSContext(tls) }
        let outcome = Outcome()
        let dial = MeshDialer.dial(
            host: host, port: port, timeout: configuration.connectTimeout, eventLoopGroup: group
        ) { attach($0, outcome, tls) }
        dial.whenFailure { outcome.finish(.failure(.unreachable(PlainText.line("\($0)", limit: 200)))) }
        return try await outcome.value().get()
    }

    private func attach(
        _ channel: any Channel, _ outcome: Outcome, _ tls: MeshTLSContext?
    ) -> EventLoopFuture<Void> {
        let connection = MeshConnection(
            number: 1, side: .initiator, dialled: nil, channel: channel, configuration: configuration,
            meter: MeshMeter())
        return channel.eventLoop.makeCompletedFuture {
            if let tls { try channel.pipeline.syncOperations.addHandler(tls.handler(.initiator)) }
            try channel.pipeline.syncOperations.addHandler(
                MeshConnectionHandler(connection, owner: outcome, tls: tls) { channel in
                    guard let end = channel.localAddress, let host = end.ipAddress, let port = end.port,
                        let name = MemberName(role: role, host: host, port: port)
                    else { return nil }
                    let hello = Hello(
                        cluster: configuration.cluster,
                        member: MemberID(name: name, incarnation: MemberID.freshIncarnation()), roles: [role],
                        features: configuration.features.subtracting([.membership, .tasks, .groups]).rawValue,
                        maximumPayload: UInt32(clamping: min(configuration.maximumPayload, Frame.hardLimit)),
                        nonce: Hello.freshNonce())
                    return HandshakeMachine(side: .initiator, hello: hello, cookies: configuration.cookies)
                })
        }
    }

    /// The owner of one client connection, and where its result is waited for. Services there are none.
    final class Outcome: MeshConnectionOwner {
        private struct State {
            var result: Result<MeshPeer, MeshError>?
            var waiter: CheckedContinuation<Result<MeshPeer, MeshError>, Never>?
        }

        private let state = Mutex(State())

        func value() async -> Result<MeshPeer, MeshError> {
            await withCheckedContinuation { waiter in
                let result = state.withLock { state in
                    if state.result == nil { state.waiter = waiter }
                    return state.result
                }
                if let result { waiter.resume(returning: result) }
            }
        }

        func finish(_ result: Result<MeshPeer, MeshError>) {
            let waiter = state.withLock { state in
                guard state.result == nil else {
                    return nil as CheckedContinuation<Result<MeshPeer, MeshError>, Never>?
                }
                state.result = result
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: result)
        }

        func admit(_ connection: MeshConnection, _ peer: Hello) -> HandshakeReject? { nil }

        func opened(_ connection: MeshConnection) {
            guard let peer = connection.peer else { return }
            finish(.success(MeshPeer(connection, peer)))
        }

        func ended(_ connection: MeshConnection, _ reason: HandshakeReject?) {
            finish(.failure(reason == .timeout ? .timeout : .rejected(reason ?? .closed)))
        }

        func receive(_ deliveries: [Delivery]) -> [(Delivery, MeshError)] { deliveries.map { ($0, .noService) } }

        func receive(_ frame: Frame, on connection: MeshConnection) -> Bool { false }
    }
}
