import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// What all connections of a proxy share.
final class FaultRoad: Sendable {
    struct State {
        var mode = FaultProxy.Mode.pass
        var target: Int?
        var repliesToLose = 0
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    enum News: Sendable { case cut, broken, mended }

    /// There is no server.
    struct NoServer: Error {}

    let state: Mutex<State>

    init(target: Int?) { state = Mutex(State(target: target)) }

    /// Connects a client's channel with the server.
    func join(_ client: any Channel) -> EventLoopFuture<Void> {
        let (mode, target) = state.withLock { ($0.mode, $0.target) }
        guard mode != .refuse, let target else {
            client.reset()
            return client.eventLoop.makeFailedFuture(NoServer())
        }
        return ClientBootstrap(group: client.eventLoop)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(FaultRelay(self, to: client, isReply: true))
                }
            }
            .connect(host: "127.0.0.1", port: target)
            .flatMapThrowing { server in
                try client.pipeline.syncOperations.addHandler(FaultRelay(self, to: server, isReply: false))
            }
    }

    func add(_ channel: any Channel) { state.withLock { $0.channels[ObjectIdentifier(channel)] = channel } }

    func remove(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }
}

extension Channel {
    /// Closes with RST instead of FIN.
    func reset() {
        let channel = self
        let now = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        (now ?? eventLoop.makeSucceededVoidFuture()).whenComplete { _ in channel.close(promise: nil) }
    }
}
