import NIOCore
import Synchronization

/// One direction of a connection: what is read here is written to the other side.
final class FaultRelay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let road: FaultRoad
    private let peer: any Channel
    private let isReply: Bool
    private var held: [ByteBuffer] = []
    private var hasEnded = false
    private var isDead = false
    private var notBefore = NIODeadline.now()

    init(_ road: FaultRoad, to peer: any Channel, isReply: Bool) {
        self.road = road
        self.peer = peer
        self.isReply = isReply
    }

    func handlerAdded(context: ChannelHandlerContext) {
        road.add(context.channel)
        // It may have been broken between the connect and now.
        isDead = road.state.withLock { $0.mode == .lose }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let (mode, isLost) = road.state.withLock { state in
            let isLost = isReply && state.repliesToLose > 0
            if isLost { state.repliesToLose -= 1 }
            return (state.mode, isLost)
        }
        if isDead { return }
        if isLost { return cut(context.channel) }
        switch mode {
        case .pass where held.isEmpty: write(bytes, context)
        case .pass, .hold: held.append(bytes)
        case .lose: isDead = true
        case .refuse: cut(context.channel)
        case .delay(let milliseconds):
            notBefore = max(notBefore, .now() + .milliseconds(milliseconds))
            let peer = peer
            context.eventLoop.scheduleTask(deadline: notBefore) { peer.writeAndFlush(bytes, promise: nil) }
        }
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        if notBefore > .now() {
            let peer = peer
            context.eventLoop.scheduleTask(deadline: notBefore) { peer.writeAndFlush(bytes, promise: nil) }
        } else {
            peer.writeAndFlush(bytes, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        road.remove(context.channel)
        hasEnded = true
        // While the network is broken the other side hears nothing of it.
        let mode = road.state.withLock { $0.mode }
        if !isDead, mode != .hold { peer.close(promise: nil) }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? FaultRoad.News {
        case .cut: cut(context.channel)
        case .broken: isDead = true
        case .mended:
            if isDead { return }
            for bytes in held { peer.writeAndFlush(bytes, promise: nil) }
            held = []
            if hasEnded { peer.close(promise: nil) }
        case nil: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func cut(_ channel: any Channel) {
        channel.reset()
        peer.reset()
    }
}
