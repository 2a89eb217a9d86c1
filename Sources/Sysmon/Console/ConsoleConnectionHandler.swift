import NIOCore

/// Watches one connection of the console: refuses one too many, ends the event streams when the server shuts down,
/// and cuts off a client that does not read, since its stream would hold a place for ever.
final class ConsoleConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let gate: StreamGate
    private let stallTimeout: TimeAmount
    private var stalled: Scheduled<Void>?
    private var counted = false

    init(gate: StreamGate, stallTimeout: TimeAmount) {
        self.gate = gate
        self.stallTimeout = stallTimeout
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled?.cancel()
        stalled = nil
        if !context.channel.isWritable {
            let channel = context.channel
            stalled = context.eventLoop.scheduleTask(in: stallTimeout) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelActive(context: ChannelHandlerContext) {
        counted = true
        if !gate.connect() { context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if counted { gate.disconnect() }
        counted = false
        stalled?.cancel()
        stalled = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { gate.close() }
        context.fireUserInboundEventTriggered(event)
    }
}
