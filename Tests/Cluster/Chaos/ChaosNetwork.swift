import NIOCore
import NIOPosix
import Synchronization

@testable import RoostCluster

/// A network between the nodes of a test: each is reached through a proxy of its own, which can hold back what goes
/// from one to another, and break it.
///
/// What is held back is not lost: like TCP's, it comes when the way is free again.
final class ChaosNetwork: Sendable {
    struct Way: Hashable {
        var from: MemberName
        var to: MemberName
    }

    private struct State {
        var servers: [MemberName: any Channel] = [:]
        var pairs: [ObjectIdentifier: ChaosPair] = [:]
        var blocked: Set<Way> = []
        var dead: Set<MemberName> = []
    }

    private let state = Mutex(State())

    /// Opens the proxy of a node that listens on `port`, and returns the name to advertise.
    func open(_ port: Int) async throws -> MemberName {
        let owner = Mutex<MemberName?>(nil)
        let box = Box(owner)
        let server = try await ServerBootstrap(group: Fixture.group)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { [weak self] channel in
                guard let self, let name = box.value.withLock({ $0 }) else { return channel.close() }
                return self.relay(channel, to: name, port)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let name = try Fixture.required(
            MemberName(role: .worker, host: "127.0.0.1", port: server.localAddress?.port ?? 0))
        box.value.withLock { $0 = name }
        state.withLock { $0.servers[name] = server }
        return name
    }

    /// Nothing arrives that the one sends the other.
    func block(from: MemberName, to: MemberName) {
        state.withLock { _ = $0.blocked.insert(Way(from: from, to: to)) }
    }

    /// Nothing arrives at the node or from it.
    func isolate(_ name: MemberName) {
        state.withLock { state in
            for other in state.servers.keys where other != name {
                state.blocked.insert(Way(from: name, to: other))
                state.blocked.insert(Way(from: other, to: name))
            }
        }
    }

    /// Everything goes through again.
    func heal() {
        let pairs = state.withLock { state in
            state.blocked = []
            return Array(state.pairs.values)
        }
        for pair in pairs { pair.flush() }
    }

    /// Breaks all connections.
    func reset() {
        for pair in state.withLock({ Array($0.pairs.values) }) { pair.close() }
    }

    /// As when the process is killed: its connections break and its port refuses.
    func kill(_ name: MemberName) async {
        let (server, pairs) = state.withLock { state in
            state.dead.insert(name)
            return (
                state.servers.removeValue(forKey: name),
                state.pairs.values.filter { $0.dialler == name || $0.target == name }
            )
        }
        try? await server?.close().get()
        for pair in pairs { pair.close() }
    }

    func shutDown() async {
        let (servers, pairs) = state.withLock { (Array($0.servers.values), Array($0.pairs.values)) }
        for server in servers { try? await server.close().get() }
        for pair in pairs { pair.close() }
    }

    func isBlocked(from: MemberName, to: MemberName) -> Bool {
        state.withLock { $0.blocked.contains(Way(from: from, to: to)) }
    }

    func isDead(_ name: MemberName) -> Bool { state.withLock { $0.dead.contains(name) } }

    func ended(_ pair: ChaosPair) {
        state.withLock { _ = $0.pairs.removeValue(forKey: ObjectIdentifier(pair)) }
    }

    private func relay(_ inbound: any Channel, to name: MemberName, _ port: Int) -> EventLoopFuture<Void> {
        let pair = ChaosPair(self, inbound, target: name)
        state.withLock { $0.pairs[ObjectIdentifier(pair)] = pair }
        return inbound.pipeline.addHandler(ChaosHandler(pair, isDialler: true)).map {
            inbound.closeFuture.whenComplete { _ in pair.close() }
            ClientBootstrap(group: inbound.eventLoop)
                .channelInitializer { $0.pipeline.addHandler(ChaosHandler(pair, isDialler: false)) }
                .connect(host: "127.0.0.1", port: port)
                .whenComplete { result in
                    switch result {
                    case .failure: pair.close()
                    case .success(let outbound):
                        pair.connected(outbound)
                        outbound.closeFuture.whenComplete { _ in pair.close() }
                        inbound.setOption(.autoRead, value: true).whenComplete { _ in }
                    }
                }
        }
    }

    private final class Box: Sendable {
        let value: Mutex<MemberName?>
        init(_ value: consuming Mutex<MemberName?>) { self.value = value }
    }
}

/// One connection through a proxy, with what is held back in either direction.
final class ChaosPair: Sendable {
    private struct State {
        var dialler: MemberName?
        var outbound: (any Channel)?
        var decoder = FrameDecoder(limit: Frame.handshakeLimit)
        var held: (toTarget: [ByteBuffer], toDialler: [ByteBuffer]) = ([], [])
    }

    private unowned let network: ChaosNetwork
    private let inbound: any Channel
    let target: MemberName
    private let state = Mutex(State())

    init(_ network: ChaosNetwork, _ inbound: any Channel, target: MemberName) {
        self.network = network
        self.inbound = inbound
        self.target = target
    }

    var dialler: MemberName? { state.withLock { $0.dialler } }

    func connected(_ outbound: any Channel) {
        state.withLock { $0.outbound = outbound }
    }

    func take(_ bytes: ByteBuffer, isFromDialler: Bool) {
        let isDead = state.withLock { state in
            if isFromDialler {
                if state.dialler == nil {
                    // Its HELLO says who dials.
                    state.decoder.append(bytes)
                    let hello = (try? state.decoder.next()).flatMap { $0 }.flatMap { try? Hello(decoding: $0.payload) }
                    state.dialler = hello?.member.name
                }
                state.held.toTarget.append(bytes)
            } else {
                state.held.toDialler.append(bytes)
            }
            return state.dialler.map(network.isDead) ?? false
        }
        isDead ? close() : flush()
    }

    func flush() {
        state.withLock { state in
            guard let dialler = state.dialler, let outbound = state.outbound else { return }
            if !network.isBlocked(from: dialler, to: target) {
                write(state.held.toTarget, to: outbound)
                state.held.toTarget = []
            }
            if !network.isBlocked(from: target, to: dialler) {
                write(state.held.toDialler, to: inbound)
                state.held.toDialler = []
            }
        }
    }

    /// Later: a write that fails closes the channel, and that takes the lock.
    private func write(_ buffers: [ByteBuffer], to channel: any Channel) {
        guard !buffers.isEmpty else { return }
        channel.eventLoop.execute { for bytes in buffers { channel.writeAndFlush(bytes, promise: nil) } }
    }

    func close() {
        inbound.close(promise: nil)
        state.withLock { $0.outbound }?.close(promise: nil)
        network.ended(self)
    }
}

private final class ChaosHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let pair: ChaosPair
    private let isDialler: Bool

    init(_ pair: ChaosPair, isDialler: Bool) {
        self.pair = pair
        self.isDialler = isDialler
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pair.take(unwrapInboundIn(data), isFromDialler: isDialler)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
